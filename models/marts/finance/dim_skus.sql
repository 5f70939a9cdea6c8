with

skus as (

    select
        item_id,
        item_name,
        item_description
    from {{ ref('stg_trs__skus') }}

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

chosen_day as (

    select as_of
    from {{ ref('int_as_of') }}

),

skus_with_price as (

    select
        skus.item_id,
        skus.item_name,
        skus.item_description,
        sku_prices.item_cost_price,
        sku_prices.item_retail_price
    from skus
    cross join chosen_day
    inner join sku_prices
        on
            skus.item_id = sku_prices.item_id
            and chosen_day.as_of >= sku_prices.valid_from
            and chosen_day.as_of < sku_prices.valid_to

)

select * from skus_with_price
