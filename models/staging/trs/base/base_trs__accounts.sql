{{ typed_rows(
    raw_table='accounts',
    key=['account_id'],
    columns=[
        {'name': 'account_id', 'type': 'bigint'},
        {'name': 'company_name', 'type': 'string'},
        {'name': 'joining_date', 'type': 'date'},
    ],
) }}
