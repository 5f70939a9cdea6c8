{{ config(materialized='table') }}

with

events as (

    select * from {{ ref('int_invoice_events') }}

),

changes as (

    select
        account_id,
        known_from,
        change_in_open,
        change_in_overdue,
        inv_total,
        case when event = 'paid' then event_day end as date_paid,
        case when event = 'paid' then days_to_pay end as days_to_pay,
        case when event = 'paid' then is_late end as paid_late
    from events
    union all
    -- An invoice looks back from its day of issue, so that day has a row even if nothing became known on it.
    select
        account_id,
        event_day as known_from,
        0 as change_in_open,
        0 as change_in_overdue,
        inv_total,
        null as date_paid,
        null as days_to_pay,
        null as paid_late
    from events
    where event = 'issued'

),

changes_by_day as (

    -- In types no wider than a day needs: what the sums below read is most of what they cost.
    select
        account_id,
        known_from,
        cast(sum(change_in_open) as integer) as num_inv_open,
        cast(sum(change_in_open * inv_total) as decimal(18, 2)) as value_open,
        cast(sum(change_in_overdue) as integer) as num_inv_overdue,
        cast(sum(change_in_overdue * inv_total) as decimal(18, 2)) as value_overdue,
        cast(count(date_paid) as integer) as num_inv_paid,
        cast(coalesce(sum(paid_late), 0) as integer) as num_inv_paid_late,
        cast(sum(days_to_pay) as integer) as total_days_to_pay,
        max(days_to_pay) as longest_days_to_pay,
        max(date_paid) as last_date_paid
    from changes
    group by
        account_id,
        known_from

),

receivables as (

    select
        account_id,
        known_from as date_known,
        longest_days_to_pay,
        cast(sum(num_inv_open) over up_to_the_day as bigint) as num_inv_open,
        cast(sum(value_open) over up_to_the_day as decimal(18, 2)) as value_open,
        cast(sum(num_inv_overdue) over up_to_the_day as bigint) as num_inv_overdue,
        cast(sum(value_overdue) over up_to_the_day as decimal(18, 2)) as value_overdue,
        cast(sum(num_inv_paid) over up_to_the_day as bigint) as num_inv_paid,
        cast(sum(num_inv_paid_late) over up_to_the_day as bigint) as num_inv_paid_late,
        cast(sum(total_days_to_pay) over up_to_the_day as bigint) as total_days_to_pay,
        lead(known_from) over (partition by account_id order by known_from) as next_date_known,
        max(last_date_paid) over up_to_the_day as last_date_paid
    from changes_by_day
    window up_to_the_day as (
        partition by account_id
        order by known_from
        rows between unbounded preceding and current row
    )

)

select * from receivables
