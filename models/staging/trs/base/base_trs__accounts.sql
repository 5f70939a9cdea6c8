{{ typed_rows(
    raw_table='accounts',
    key=['account_id'],
    columns=[
        {'name': 'account_id', 'type': 'bigint'},
        {'name': 'company_name', 'type': 'string'},
        {'name': 'joining_date', 'type': 'date'},
        {'name': 'contact_person', 'type': 'string', 'optional': true, 'judged_only': true},
        {'name': 'contact_phone', 'type': 'string', 'optional': true, 'judged_only': true},
    ],
    rules={
        is_no_day_of_trade('joining_date', first='1900-01-02'):
            'joining_date is not between 1900-01-02 and 2099-12-30',
        "joining_date = date '1970-01-01'": 'joining_date is 1970-01-01, which stands for no date',
    },
) }}
