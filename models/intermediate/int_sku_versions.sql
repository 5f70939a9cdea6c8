{%- set skus_history = live_history('skus_history') %}
{%- set invoices_history = live_history('invoices_history') %}

with

sku_versions as (

    -- After every version that was kept: it counts only for SKUs that a replay meets and no live build has seen.
    select
        item_id,
        item_cost_price,
        item_retail_price,
        cast('9999-12-31' as date) as as_of,
        cast('9999-12-31' as timestamp) as dbt_valid_from
    from {{ ref('int_audited_skus') }}
    {% if skus_history %}
    union all
    select
        item_id,
        item_cost_price,
        item_retail_price,
        as_of,
        dbt_valid_from
    from {{ skus_history }}
    where dbt_is_deleted = 'False'
    {% endif %}

),

versions_of_any_kind as (

    select
        as_of,
        dbt_valid_from
    from sku_versions
    {% if invoices_history %}
    union all
    select
        as_of,
        dbt_valid_from
    from {{ invoices_history }}
    {% endif %}

),

days_built as (

    select
        as_of,
        min(dbt_valid_from) as first_built_at
    from versions_of_any_kind
    group by as_of

),

sku_versions_with_first_day as (

    select
        sku_versions.item_id,
        sku_versions.item_cost_price,
        sku_versions.item_retail_price,
        sku_versions.dbt_valid_from,
        -- An earlier build as of the same day has already priced the invoices of that day.
        case
            when days_built.first_built_at < sku_versions.dbt_valid_from
                then {{ days_after('sku_versions.as_of', 1) }}
            else sku_versions.as_of
        end as first_day
    from sku_versions
    inner join days_built
        on sku_versions.as_of = days_built.as_of

)

select * from sku_versions_with_first_day
