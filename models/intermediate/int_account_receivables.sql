{{ config(materialized='table') }}

with

receivable_events as (

    select
        account_id,
        known_from,
        inv_open,
        value_open,
        inv_overdue,
        value_overdue,
        date_paid,
        days_to_pay
    from {{ ref('int_receivable_events') }}

),

events_by_day as (

    select
        account_id,
        known_from,
        sum(inv_open) as inv_open,
        sum(value_open) as value_open,
        sum(inv_overdue) as inv_overdue,
        sum(value_overdue) as value_overdue,
        max(date_paid) as date_paid,
        count(date_paid) as inv_paid,
        sum(case when days_to_pay > {{ whole_number_var('payment_terms_days') }} then 1 else 0 end) as inv_paid_late,
        sum(days_to_pay) as days_to_pay,
        max(days_to_pay) as longest_days_to_pay
    from receivable_events
    group by
        account_id,
        known_from

),

receivables as (

    select
        account_id,
        known_from as date_known,
        longest_days_to_pay,
        cast(sum(inv_open) over up_to_the_day as bigint) as num_inv_open,
        cast(sum(value_open) over up_to_the_day as decimal(18, 2)) as value_open,
        cast(sum(inv_overdue) over up_to_the_day as bigint) as num_inv_overdue,
        cast(sum(value_overdue) over up_to_the_day as decimal(18, 2)) as value_overdue,
        cast(sum(inv_paid) over up_to_the_day as bigint) as num_inv_paid,
        cast(sum(inv_paid_late) over up_to_the_day as bigint) as num_inv_paid_late,
        cast(sum(days_to_pay) over up_to_the_day as bigint) as total_days_to_pay,
        max(date_paid) over up_to_the_day as last_date_paid
    from events_by_day
    window up_to_the_day as (
        partition by account_id
        order by known_from
        rows between unbounded preceding and current row
    )

)

select * from receivables
