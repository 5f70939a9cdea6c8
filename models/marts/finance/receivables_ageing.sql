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

open_invoices_and_total as (

    select
        account_id,
        amount,
        days_late,
        false as is_total
    from open_invoices
    union all
    select
        null as account_id,
        amount,
        days_late,
        true as is_total
    from open_invoices
    union all
    -- No invoice: the total is there when nothing is unpaid.
    select
        null as account_id,
        null as amount,
        null as days_late,
        true as is_total

),

ageing as (

    select
        is_total,
        account_id,
        count(days_late) as invoices_open,
        {%- for bucket, days in buckets.items() %}
        count(case when {{ days }} then 1 end) as invoices_{{ bucket }},
        {%- endfor %}
        {%- for bucket, days in buckets.items() %}
        cast(coalesce(sum(case when {{ days }} then amount end), 0) as decimal(18, 2)) as amount_{{ bucket }},
        {%- endfor %}
        cast(coalesce(sum(amount), 0) as decimal(18, 2)) as amount_open
    from open_invoices_and_total
    group by
        is_total,
        account_id

),

ageing_with_day as (

    select
        ageing.*,
        chosen_day.as_of
    from ageing
    cross join chosen_day

)

select * from ageing_with_day
