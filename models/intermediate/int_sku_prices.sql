{{ config(materialized='table') }}

with

sku_versions as (

    select
        item_id,
        item_cost_price,
        item_retail_price,
        first_day,
        dbt_valid_from
    from {{ ref('int_sku_versions') }}

),

sku_versions_in_order as (

    select
        item_id,
        item_cost_price,
        item_retail_price,
        first_day,
        row_number() over (partition by item_id order by dbt_valid_from) as version_number,
        -- Not just of the next one: days go back when a wrong date has been corrected, and the later version holds.
        min(first_day) over (
            partition by item_id
            order by dbt_valid_from
            rows between 1 following and unbounded following
        ) as first_day_of_later
    from sku_versions

),

periods_of_any_length as (

    select
        item_id,
        item_cost_price,
        item_retail_price,
        case when version_number = 1 then cast('0001-01-01' as date) else first_day end as valid_from,
        coalesce(first_day_of_later, cast('9999-12-31' as date)) as valid_to
    from sku_versions_in_order

),

sku_prices as (

    select
        item_id,
        item_cost_price,
        item_retail_price,
        valid_from,
        valid_to
    from periods_of_any_length
    where valid_from < valid_to

)

select * from sku_prices
