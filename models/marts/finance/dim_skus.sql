with

skus as (

    select * from {{ ref('stg_trs__skus') }}

),

prices as (

    select * from {{ ref('int_sku_prices') }}

),

chosen_day as (

    select * from {{ ref('int_as_of') }}

),

skus_with_price as (

    select
        skus.item_id,
        skus.item_name,
        skus.item_description,
        prices.item_cost_price,
        prices.item_retail_price
    from skus
    cross join chosen_day
    inner join prices
        on
            skus.item_id = prices.item_id
            and chosen_day.as_of >= prices.valid_from
            and chosen_day.as_of < prices.valid_to

)

select * from skus_with_price
