{%- set skus_history = live_history('skus_history') %}
{%- set invoices_history = live_history('invoices_history') %}
{{ config(materialized='table') }}

with

versions as (

    -- The list as delivered, behind all versions in the history: it prices only SKUs that no live build has seen.
    select
        item_id,
        item_cost_price,
        item_retail_price,
        cast('9999-12-31' as date) as as_of,
        cast('9999-12-31' as timestamp) as dbt_valid_from
    from {{ ref('int_audited_skus') }}
    {%- if skus_history %}
    union all
    select
        item_id,
        item_cost_price,
        item_retail_price,
        as_of,
        dbt_valid_from
    from {{ skus_history }}
    where dbt_is_deleted = 'False'
    {%- endif %}

),

builds as (

    select
        as_of,
        dbt_valid_from
    from versions
    {%- if invoices_history %}
    union all
    select
        as_of,
        dbt_valid_from
    from {{ invoices_history }}
    {%- endif %}

),

first_builds as (

    select
        as_of,
        min(dbt_valid_from) as first_built_at
    from builds
    group by as_of

),

versions_with_first_day as (

    select
        versions.*,
        -- An earlier build as of the same day has already priced the invoices of that day.
        case
            when first_builds.first_built_at < versions.dbt_valid_from then {{ days_after('versions.as_of', 1) }}
            else versions.as_of
        end as first_day
    from versions
    inner join first_builds
        on versions.as_of = first_builds.as_of

),

periods as (

    select
        item_id,
        item_cost_price,
        item_retail_price,
        case
            when row_number() over (partition by item_id order by dbt_valid_from) = 1 then cast('0001-01-01' as date)
            else first_day
        end as valid_from,
        -- Of all later versions: a wrong day, corrected since, may lie beyond the first day of the next one.
        coalesce(
            min(first_day) over (
                partition by item_id
                order by dbt_valid_from
                rows between 1 following and unbounded following
            ),
            cast('9999-12-31' as date)
        ) as valid_to
    from versions_with_first_day

),

prices as (

    select *
    from periods
    where valid_from < valid_to

)

select * from prices
