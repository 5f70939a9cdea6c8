{{ typed_rows(
    raw_table='invoice_line_items',
    key=['invoice_id', 'item_id'],
    columns=[
        {'name': 'invoice_id', 'type': 'bigint'},
        {'name': 'item_id', 'type': 'string'},
        {'name': 'quantity', 'type': 'integer'},
    ],
    rules={
        'item_id <> trim(item_id)': 'item_id has blanks around it',
        'quantity < 1': 'quantity is less than 1',
    },
) }}
