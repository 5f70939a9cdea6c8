with

arrivals as (

    select * from {{ ref('int_invoice_arrivals') }}

),

scores as (

    select * from {{ ref('int_invoice_scores') }}

),

movements as (

    -- hour_start is null of what was there before the stream.
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
        ) as amount_collected_late,
        sum(arrivals.change_in_open) as invoices_opened,
        sum(arrivals.change_in_open * arrivals.inv_total) as amount_opened
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
    where hour_start is not null

),

opening as (

    select
        risk_grade,
        sum(case when hour_start is null then invoices_opened else 0 end) as invoices_open,
        sum(case when hour_start is null then amount_opened else 0 end) as amount_open
    from movements
    group by risk_grade

),

hourly_receivables as (

    select
        hours.hour_start,
        opening.risk_grade,
        cast(coalesce(movements.invoices_issued, 0) as bigint) as invoices_issued,
        cast(coalesce(movements.amount_issued, 0) as decimal(18, 2)) as amount_issued,
        cast(coalesce(movements.invoices_collected, 0) as bigint) as invoices_collected,
        cast(coalesce(movements.amount_collected, 0) as decimal(18, 2)) as amount_collected,
        cast(coalesce(movements.invoices_collected_late, 0) as bigint) as invoices_collected_late,
        cast(coalesce(movements.amount_collected_late, 0) as decimal(18, 2)) as amount_collected_late,
        cast(
            opening.invoices_open + coalesce(sum(movements.invoices_opened) over up_to_the_hour, 0) as bigint
        ) as invoices_closing,
        cast(
            opening.amount_open + coalesce(sum(movements.amount_opened) over up_to_the_hour, 0) as decimal(18, 2)
        ) as amount_closing
    from hours
    cross join opening
    left join movements
        on
            hours.hour_start = movements.hour_start
            and opening.risk_grade = movements.risk_grade
    window up_to_the_hour as (
        partition by opening.risk_grade
        order by hours.hour_start
        rows between unbounded preceding and current row
    )

)

select * from hourly_receivables
