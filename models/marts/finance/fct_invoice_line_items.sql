with

line_items as (

    select * from {{ ref('int_sku_line_items') }}

),

line_items_for_finance as (

    select
        invoice_id,
        item_id,
        account_id,
        date_issued,
        quantity as units,
        item_cost_price,
        item_retail_price,
        line_total as amount,
        line_cost as cost,
        cast(line_total - line_cost as decimal(18, 2)) as margin
    from line_items

)

select * from line_items_for_finance
