with

invoices as (

    select * from {{ ref('int_invoices') }}

),

arrivals as (

    select * from {{ ref('int_invoice_arrivals') }}

),

scores as (

    select * from {{ ref('int_invoice_scores') }}

),

movements as (

    select
        arrivals.hour_start,
        scores.risk_grade,
        sum(case when arrivals.event = 'issued' then 1 else 0 end) as invoices_issued,
        sum(case when arrivals.event = 'issued' then arrivals.inv_total else 0 end) as amount_issued,
        sum(case when arrivals.event = 'paid' then 1 else 0 end) as invoices_collected,
        sum(case when arrivals.event = 'paid' then arrivals.inv_total else 0 end) as amount_collected,
        sum(case when arrivals.event = 'paid' then arrivals.is_late else 0 end) as invoices_collected_late,
        sum(
            case when arrivals.event = 'paid' then arrivals.is_late * arrivals.inv_total else 0 end
        ) as amount_collected_late
    from arrivals
    inner join scores
        on arrivals.invoice_id = scores.invoice_id
    group by
        arrivals.hour_start,
        scores.risk_grade

),

hours as (

    select distinct hour_start
    from movements

),

open_now as (

    -- A grade of which nothing is open has rows too.
    select
        scores.risk_grade,
        count(invoices.invoice_id) as invoices_open,
        coalesce(sum(invoices.inv_total), 0) as amount_open
    from scores
    left join invoices
        on
            scores.invoice_id = invoices.invoice_id
            and invoices.date_paid is null
    group by scores.risk_grade

),

hourly_movements as (

    select
        hours.hour_start,
        open_now.risk_grade,
        open_now.invoices_open,
        open_now.amount_open,
        coalesce(movements.invoices_issued, 0) as invoices_issued,
        coalesce(movements.amount_issued, 0) as amount_issued,
        coalesce(movements.invoices_collected, 0) as invoices_collected,
        coalesce(movements.amount_collected, 0) as amount_collected,
        coalesce(movements.invoices_collected_late, 0) as invoices_collected_late,
        coalesce(movements.amount_collected_late, 0) as amount_collected_late
    from hours
    cross join open_now
    left join movements
        on
            hours.hour_start = movements.hour_start
            and open_now.risk_grade = movements.risk_grade

),

hourly_receivables as (

    -- Back from what is open now: what was there before the stream has no hour.
    select
        hour_start,
        risk_grade,
        cast(invoices_issued as bigint) as invoices_issued,
        cast(amount_issued as decimal(18, 2)) as amount_issued,
        cast(invoices_collected as bigint) as invoices_collected,
        cast(amount_collected as decimal(18, 2)) as amount_collected,
        cast(invoices_collected_late as bigint) as invoices_collected_late,
        cast(amount_collected_late as decimal(18, 2)) as amount_collected_late,
        cast(
            invoices_open - coalesce(sum(invoices_issued - invoices_collected) over later_hours, 0) as bigint
        ) as invoices_closing,
        cast(
            amount_open - coalesce(sum(amount_issued - amount_collected) over later_hours, 0) as decimal(18, 2)
        ) as amount_closing
    from hourly_movements
    window later_hours as (
        partition by risk_grade
        order by hour_start
        rows between 1 following and unbounded following
    )

)

select * from hourly_receivables
