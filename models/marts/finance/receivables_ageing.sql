{%- set buckets = {
    'current': 'days_late = 0',
    '1_to_30': 'days_late between 1 and 30',
    '31_to_60': 'days_late between 31 and 60',
    '61_to_90': 'days_late between 61 and 90',
    'over_90': 'days_late > 90',
} %}

with

chosen_day as (

    select * from {{ ref('int_as_of') }}

),

open_invoices as (

    select
        account_id,
        days_late,
        inv_total as amount
    from {{ ref('int_invoices') }}
    where date_paid is null

),

ageing as (

    select
        account_id,
        count(*) as invoices_open,
        {%- for bucket, days in buckets.items() %}
        count(case when {{ days }} then 1 end) as invoices_{{ bucket }},
        {%- endfor %}
        {%- for bucket, days in buckets.items() %}
        cast(coalesce(sum(case when {{ days }} then amount end), 0) as decimal(18, 2)) as amount_{{ bucket }},
        {%- endfor %}
        cast(sum(amount) as decimal(18, 2)) as amount_open
    from open_invoices
    group by account_id

),

ageing_with_day as (

    select
        ageing.*,
        chosen_day.as_of
    from ageing
    cross join chosen_day

)

select * from ageing_with_day
