{{ config(materialized='table') }}

with

events as (

    select * from {{ ref('int_invoice_events') }}

),

outcomes as (

    -- A late invoice is known by its being overdue, whenever it is paid.
    select
        known_from,
        inv_lines,
        case when event = 'overdue' then 1 else 0 end as num_inv_late,
        case when event = 'overdue' or (event = 'paid' and is_late = 0) then 1 else 0 end as num_inv_known
    from events
    union all
    -- Invoices look shares up by their day of issue, so that day has a row even if nothing became known on it.
    select
        event_day as known_from,
        inv_lines,
        0 as num_inv_late,
        0 as num_inv_known
    from events
    where event = 'issued'

),

daily_outcomes as (

    select
        known_from,
        inv_lines,
        cast(sum(num_inv_late) as bigint) as num_inv_late,
        cast(sum(num_inv_known) as bigint) as num_inv_known
    from outcomes
    group by
        known_from,
        inv_lines

)

select * from daily_outcomes
