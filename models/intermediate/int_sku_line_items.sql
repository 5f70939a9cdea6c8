with

line_items as (

    select
        invoice_id,
        item_id,
        quantity
    from {{ ref('stg_trs__invoice_line_items') }}

),

invoices as (

    select
        invoice_id,
        date_issued
    from {{ ref('stg_trs__invoices') }}

),

sku_prices as (

    select
        item_id,
        item_cost_price,
        item_retail_price,
        valid_from,
        valid_to
    from {{ ref('int_sku_prices') }}

),

line_items_with_sku as (

    select
        line_items.invoice_id,
        line_items.item_id,
        line_items.quantity,
        sku_prices.item_cost_price,
        sku_prices.item_retail_price,
        cast(line_items.quantity * sku_prices.item_retail_price as decimal(18, 2)) as line_total,
        cast(line_items.quantity * sku_prices.item_cost_price as decimal(18, 2)) as line_cost
    from line_items
    inner join invoices
        on line_items.invoice_id = invoices.invoice_id
    inner join sku_prices
        on
            line_items.item_id = sku_prices.item_id
            and invoices.date_issued >= sku_prices.valid_from
            and invoices.date_issued < sku_prices.valid_to

)

select * from line_items_with_sku
