{{ typed_rows(
    raw_table='invoices',
    key=['invoice_id'],
    columns=[
        {'name': 'invoice_id', 'type': 'bigint'},
        {'name': 'account_id', 'type': 'bigint'},
        {'name': 'date_issued', 'type': 'date'},
        {'name': 'date_paid', 'type': 'date', 'raw_name': 'payment_dates', 'optional': true},
    ],
    rules={
        is_no_day_of_trade('date_issued'): 'date_issued is not between 1970-01-02 and 2099-12-30',
        is_no_day_of_trade('date_paid'): 'payment_dates is not between 1970-01-02 and 2099-12-30',
        'date_paid < date_issued': 'payment_dates is before date_issued',
    },
) }}
