{{ config(materialized='table') }}

with

events as (

    select * from {{ ref('int_invoice_events') }}

),

outcomes as (

    -- A late invoice is known by its being overdue, whenever it is paid.
    select
        known_from,
        case when event = 'overdue' then 1 else 0 end as num_inv_late,
        case when event = 'overdue' or (event = 'paid' and is_late = 0) then 1 else 0 end as num_inv_known
    from events
    union all
    -- Invoices look the share up by their day of issue, so that day has a row even if nothing became known on it.
    select
        event_day as known_from,
        0 as num_inv_late,
        0 as num_inv_known
    from events
    where event = 'issued'

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
        sum(num_inv_late) over up_to_the_day as num_inv_late,
        sum(num_inv_known) over up_to_the_day as num_inv_known
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
