{{ config(materialized='table') }}

with

days as (

    select * from {{ ref('int_scored_days') }}

),

scores as (

    select * from {{ ref('int_invoice_scores') }}

),

-- By their days first: what is joined to the scored days does not grow with the number of invoices.
invoices as (

    select
        risk_grade,
        date_issued,
        date_paid,
        count(*) as num_inv
    from scores
    group by
        risk_grade,
        date_issued,
        date_paid

),

-- What is seen of an invoice: from how many days on, until which, and whether it was paid then.
recent_sights as (

    select
        days.scored_day,
        invoices.risk_grade,
        invoices.num_inv,
        greatest({{ days_between('invoices.date_issued', first_recent_day('days.scored_day')) }}, 0) as first_days_open,
        {{ days_between('invoices.date_issued', 'least(invoices.date_paid, days.scored_day)') }} as last_days_open,
        case when invoices.date_paid <= days.scored_day then 1 else 0 end as is_paid
    from invoices
    inner join days
        on
            invoices.date_issued <= days.scored_day
            and (invoices.date_paid is null or invoices.date_paid >= {{ first_recent_day('days.scored_day') }})

),

changes as (

    select
        scored_day,
        risk_grade,
        first_days_open as days_open,
        num_inv as change_in_seen,
        0 as num_inv_paid
    from recent_sights
    union all
    select
        scored_day,
        risk_grade,
        last_days_open as days_open,
        0 as change_in_seen,
        is_paid * num_inv as num_inv_paid
    from recent_sights
    union all
    select
        scored_day,
        risk_grade,
        last_days_open + 1 as days_open,
        -num_inv as change_in_seen,
        0 as num_inv_paid
    from recent_sights

),

changes_by_days_open as (

    select
        scored_day,
        risk_grade,
        days_open,
        sum(change_in_seen) as change_in_seen,
        sum(num_inv_paid) as num_inv_paid
    from changes
    group by
        scored_day,
        risk_grade,
        days_open

),

invoices_seen as (

    select
        scored_day,
        risk_grade,
        days_open,
        cast(num_inv_paid as bigint) as num_inv_paid,
        cast(sum(change_in_seen) over (
            partition by scored_day, risk_grade
            order by days_open
            rows between unbounded preceding and current row
        ) as bigint) as num_inv_seen
    from changes_by_days_open

),

shares_staying as (

    select
        *,
        coalesce(1 - cast(num_inv_paid as double) / nullif(num_inv_seen, 0), 1) as share_staying
    from invoices_seen

),

-- The share unpaid after some days is a product, so a sum of logarithms; of decimals, which add up in any order.
curves as (

    select
        scored_day,
        risk_grade,
        days_open,
        num_inv_seen,
        num_inv_paid,
        lead(days_open) over (partition by scored_day, risk_grade order by days_open) as next_days_open,
        case
            when min(share_staying) over up_to_days_open > 0
                then round(exp(cast(
                    sum(cast(ln(nullif(share_staying, 0)) as decimal(28, 15))) over up_to_days_open as double
                )), 10)
            else 0
        end as share_unpaid
    from shares_staying
    window up_to_days_open as (
        partition by scored_day, risk_grade
        order by days_open
        rows between unbounded preceding and current row
    )

)

select * from curves
