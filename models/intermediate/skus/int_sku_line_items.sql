with

line_items as (

    select * from {{ ref('stg_trs__invoice_line_items') }}

),

invoices as (

    select * from {{ ref('int_account_invoice') }}

),

prices as (

    select * from {{ ref('int_sku_prices') }}

),

priced_line_items as (

    select
        line_items.invoice_id,
        line_items.item_id,
        invoices.account_id,
        invoices.date_issued,
        line_items.quantity,
        prices.item_cost_price,
        prices.item_retail_price,
        cast(line_items.quantity * prices.item_retail_price as decimal(18, 2)) as line_total,
        cast(line_items.quantity * prices.item_cost_price as decimal(18, 2)) as line_cost
    from line_items
    inner join invoices
        on line_items.invoice_id = invoices.invoice_id
    inner join prices
        on
            line_items.item_id = prices.item_id
            and invoices.date_issued >= prices.valid_from
            and invoices.date_issued < prices.valid_to

)

select * from priced_line_items
