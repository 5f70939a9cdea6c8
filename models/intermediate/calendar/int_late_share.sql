{{ config(materialized='table') }}

with

outcomes as (

    select * from {{ ref('int_daily_outcomes') }}

),

outcomes_by_day as (

    select
        known_from,
        sum(num_inv_late) as num_inv_late,
        sum(num_inv_known) as num_inv_known
    from outcomes
    group by known_from

),

outcomes_so_far as (

    select
        known_from as date_known,
        lead(known_from) over (order by known_from) as next_date_known,
        sum(num_inv_late) over up_to_the_day as num_inv_late,
        sum(num_inv_known) over up_to_the_day as num_inv_known
    from outcomes_by_day
    window up_to_the_day as (order by known_from rows between unbounded preceding and current row)

),

late_shares as (

    select
        date_known,
        next_date_known,
        cast(num_inv_late as double) / nullif(num_inv_known, 0) as share_late
    from outcomes_so_far

)

select * from late_shares
