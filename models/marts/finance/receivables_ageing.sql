{%- set buckets = ageing_buckets('days_late') %}

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
        {%- for bucket, is_in_it in buckets.items() %}
        count(case when {{ is_in_it }} then 1 end) as invoices_{{ bucket }},
        {%- endfor %}
        {%- for bucket, is_in_it in buckets.items() %}
        cast(coalesce(sum(case when {{ is_in_it }} then amount end), 0) as decimal(18, 2)) as amount_{{ bucket }},
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
