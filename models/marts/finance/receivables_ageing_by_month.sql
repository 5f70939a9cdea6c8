{%- set buckets = ageing_buckets('days_overdue') %}

with

months as (

    select
        month_start,
        month_end_or_as_of
    from {{ ref('int_monthly_balances') }}

),

open_invoices as (

    select
        scored_day,
        inv_total as amount,
        -days_until_due as days_overdue
    from {{ ref('int_open_invoices') }}

),

ageing as (

    select
        scored_day,
        {%- for bucket, is_in_it in buckets.items() %}
        sum(case when {{ is_in_it }} then amount else 0 end) as amount_{{ bucket }},
        {%- endfor %}
        sum(amount) as amount_open
    from open_invoices
    group by scored_day

),

ageing_by_month as (

    -- A month at whose end nothing was unpaid is a row too.
    select
        months.month_start,
        months.month_end_or_as_of,
        {%- for bucket in buckets %}
        cast(coalesce(ageing.amount_{{ bucket }}, 0) as decimal(18, 2)) as amount_{{ bucket }},
        {%- endfor %}
        cast(coalesce(ageing.amount_open, 0) as decimal(18, 2)) as amount_open
    from months
    left join ageing
        on months.month_end_or_as_of = ageing.scored_day

)

select * from ageing_by_month
