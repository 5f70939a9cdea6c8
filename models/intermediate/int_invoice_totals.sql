{{ config(materialized='table') }}

with

line_items as (

    select
        invoice_id,
        quantity,
        line_total,
        line_cost
    from {{ ref('int_sku_line_items') }}

),

invoice_totals as (

    select
        invoice_id,
        cast(sum(line_total) as decimal(18, 2)) as inv_total,
        cast(sum(line_cost) as decimal(18, 2)) as inv_cost,
        cast(sum(quantity) as bigint) as inv_items,
        count(*) as inv_lines
    from line_items
    group by invoice_id

)

select * from invoice_totals
