{%- set buckets = ageing_buckets('days_late') %}

with

chosen_day as (

    select * from {{ ref('int_as_of') }}

),

ageing as (

    select * from {{ ref('receivables_ageing') }}

),

-- Without a group by, so there is a row even if nothing is unpaid.
total as (

    select
        cast(coalesce(sum(invoices_open), 0) as bigint) as invoices_open,
        {%- for bucket in buckets %}
        cast(coalesce(sum(invoices_{{ bucket }}), 0) as bigint) as invoices_{{ bucket }},
        {%- endfor %}
        {%- for bucket in buckets %}
        cast(coalesce(sum(amount_{{ bucket }}), 0) as decimal(18, 2)) as amount_{{ bucket }},
        {%- endfor %}
        cast(coalesce(sum(amount_open), 0) as decimal(18, 2)) as amount_open
    from ageing

),

total_with_day as (

    select
        total.*,
        chosen_day.as_of
    from total
    cross join chosen_day

)

select * from total_with_day
