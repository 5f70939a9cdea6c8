with

line_items as (

    select
        invoice_id,
        item_id,
        quantity,
        item_cost_price,
        item_retail_price,
        line_total,
        line_cost
    from {{ ref('int_sku_line_items') }}

),

invoices as (

    select
        invoice_id,
        account_id,
        date_issued
    from {{ ref('int_invoices_as_of') }}

),

known_line_items as (

    select
        line_items.invoice_id,
        line_items.item_id,
        invoices.account_id,
        invoices.date_issued,
        line_items.quantity as units,
        line_items.item_cost_price,
        line_items.item_retail_price,
        line_items.line_total as amount,
        line_items.line_cost as cost,
        cast(line_items.line_total - line_items.line_cost as decimal(18, 2)) as margin
    from line_items
    inner join invoices
        on line_items.invoice_id = invoices.invoice_id

)

select * from known_line_items
