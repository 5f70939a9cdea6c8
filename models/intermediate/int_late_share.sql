{{ config(materialized='table') }}

with

receivable_events as (

    select
        known_from,
        inv_overdue,
        days_to_pay
    from {{ ref('int_receivable_events') }}

),

outcomes_by_day as (

    select
        known_from,
        sum(inv_overdue) as inv_overdue,
        count(days_to_pay) as inv_paid,
        sum(case when days_to_pay > {{ whole_number_var('payment_terms_days') }} then 1 else 0 end) as inv_paid_late
    from receivable_events
    group by known_from

),

outcomes_so_far as (

    select
        known_from as date_known,
        sum(inv_paid_late + inv_overdue) over up_to_the_day as num_inv_late,
        sum(inv_paid + inv_overdue) over up_to_the_day as num_inv_known
    from outcomes_by_day
    window up_to_the_day as (order by known_from rows between unbounded preceding and current row)

),

late_shares as (

    select
        date_known,
        cast(num_inv_late as double) / nullif(num_inv_known, 0) as share_late
    from outcomes_so_far

)

select * from late_shares
