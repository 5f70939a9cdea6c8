{{ config(materialized='table') }}

with

outcomes as (

    select * from {{ ref('int_daily_outcomes') }}

),

late_shares as (

    select * from {{ ref('int_late_share') }}

),

outcomes_so_far as (

    select
        inv_lines,
        known_from as date_known,
        lead(known_from) over (partition by inv_lines order by known_from) as next_date_known,
        sum(num_inv_late) over up_to_the_day as num_inv_late,
        sum(num_inv_known) over up_to_the_day as num_inv_known
    from outcomes
    window up_to_the_day as (
        partition by inv_lines
        order by known_from
        rows between unbounded preceding and current row
    )

),

lines_late_shares as (

    select
        outcomes_so_far.inv_lines,
        outcomes_so_far.date_known,
        outcomes_so_far.next_date_known,
        {{ smoothed_share(
            'outcomes_so_far.num_inv_late',
            'outcomes_so_far.num_inv_known',
            'late_shares.share_late'
        ) }} as share_late
    from outcomes_so_far
    inner join late_shares
        on outcomes_so_far.date_known = late_shares.date_known

)

select * from lines_late_shares
