with

line_items as (

    select
        invoice_id,
        item_id,
        quantity
    from {{ ref('stg_trs__invoice_line_items') }}

),

skus as (

    select
        item_id,
        item_retail_price
    from {{ ref('stg_trs__skus') }}

),

line_items_with_sku as (

    select
        line_items.invoice_id,
        line_items.item_id,
        line_items.quantity,
        skus.item_retail_price,
        cast(line_items.quantity * skus.item_retail_price as decimal(18, 2)) as line_total
    from line_items
    inner join skus
        on line_items.item_id = skus.item_id

)

select * from line_items_with_sku
