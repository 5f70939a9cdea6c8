{#- Invented rows are of no day, a replay is of a past one, and what landed before landings were recorded is of an
    unknown one. -#}
{{ config(
    enabled=var('as_of', none) is none,
    severity='warn',
) }}
{%- set runs = adapter.get_relation(this.database, 'audit', 'runs') if execute and raw_in_use() == 'landed' %}

with

chosen_day as (

    select * from {{ ref('int_as_of') }}

),

latest_landing as (

    select
        {% if runs -%}
        cast(max(coalesce(ended_at, begun_at)) as date)
        {%- else -%}
        cast(null as date)
        {%- endif %} as day_landed
    from {{ runs or ref('int_as_of') }}
    {%- if runs %}
    where changed_raw
    {%- endif %}

)

select
    chosen_day.as_of,
    latest_landing.day_landed
from chosen_day
cross join latest_landing
where {{ days_between('chosen_day.as_of', 'latest_landing.day_landed') }} > {{ whole_number_var('max_idle_days') }}
