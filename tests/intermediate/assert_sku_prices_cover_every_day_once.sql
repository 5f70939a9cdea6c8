with

sku_prices as (

    select
        item_id,
        valid_from,
        valid_to,
        lag(valid_to, 1, cast('0001-01-01' as date)) over (
            partition by item_id
            order by valid_from
        ) as should_be_valid_from,
        lead(valid_from, 1, cast('9999-12-31' as date)) over (
            partition by item_id
            order by valid_from
        ) as should_be_valid_to
    from {{ ref('int_sku_prices') }}

)

select *
from sku_prices
where
    valid_from <> should_be_valid_from
    or valid_to <> should_be_valid_to
