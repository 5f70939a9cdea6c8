{{ typed_rows(
    raw_table='skus',
    key=['item_id'],
    columns=[
        {'name': 'item_id', 'type': 'string'},
        {'name': 'item_name', 'type': 'string'},
        {'name': 'item_description', 'type': 'string', 'optional': true},
        {'name': 'item_cost_price', 'type': 'decimal(18, 2)'},
        {'name': 'item_retail_price', 'type': 'decimal(18, 2)'},
    ],
    rules={
        'item_id <> trim(item_id)': 'item_id has blanks around it',
        'item_cost_price < 0': 'item_cost_price is negative',
        'item_retail_price < 0': 'item_retail_price is negative',
    },
) }}
