-- A fault in any of the four tables keeps this one out of the history too: it waits for the tests of all.
-- depends_on: {{ ref('stg_trs__accounts') }}
-- depends_on: {{ ref('stg_trs__invoices') }}
-- depends_on: {{ ref('stg_trs__invoice_line_items') }}

with

skus as (

    select
        item_id,
        item_name,
        item_description,
        item_cost_price,
        item_retail_price
    from {{ ref('stg_trs__skus') }}

),

chosen_day as (

    select as_of
    from {{ ref('int_as_of') }}

),

skus_with_day as (

    select
        skus.item_id,
        skus.item_name,
        skus.item_description,
        skus.item_cost_price,
        skus.item_retail_price,
        chosen_day.as_of
    from skus
    cross join chosen_day

)

select * from skus_with_day
