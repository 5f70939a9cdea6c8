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
        'date_paid < date_issued': 'payment_dates is before date_issued',
    },
) }}
