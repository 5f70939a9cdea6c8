with

chosen_day as (

    select * from {{ ref('int_as_of') }}

),

calendar as (

    select * from {{ ref('dim_date') }}

),

events as (

    select * from {{ ref('int_invoice_events') }}

),

scores as (

    select * from {{ ref('int_invoice_scores') }}

),

movements as (

    select
        events.event_day,
        scores.risk_grade,
        sum(case when events.event = 'issued' then 1 else 0 end) as invoices_issued,
        sum(case when events.event = 'issued' then events.inv_total else 0 end) as amount_issued,
        sum(case when events.event = 'paid' then 1 else 0 end) as invoices_collected,
        sum(case when events.event = 'paid' then events.inv_total else 0 end) as amount_collected,
        sum(case when events.event = 'paid' then events.is_late else 0 end) as invoices_collected_late,
        sum(case when events.event = 'paid' then events.is_late * events.inv_total else 0 end) as amount_collected_late,
        sum(case when events.event = 'overdue' then 1 else 0 end) as invoices_newly_overdue,
        sum(case when events.event = 'overdue' then events.inv_total else 0 end) as amount_newly_overdue,
        sum(events.change_in_open) as invoices_opened,
        sum(events.change_in_open * events.inv_total) as amount_opened,
        sum(events.change_in_overdue) as invoices_overdue,
        sum(events.change_in_overdue * events.inv_total) as amount_overdue
    from events
    inner join scores
        on events.invoice_id = scores.invoice_id
    group by
        events.event_day,
        scores.risk_grade

),

grades as (

    select distinct risk_grade
    from movements

),

days as (

    -- A day on which nothing happened is a row of each grade too.
    select
        calendar.date_day,
        grades.risk_grade
    from calendar
    inner join chosen_day
        on calendar.date_day between chosen_day.first_date_issued and chosen_day.as_of
    cross join grades

),

daily_receivables as (

    select
        days.date_day,
        days.risk_grade,
        cast(coalesce(movements.invoices_issued, 0) as bigint) as invoices_issued,
        cast(coalesce(movements.amount_issued, 0) as decimal(18, 2)) as amount_issued,
        cast(coalesce(movements.invoices_collected, 0) as bigint) as invoices_collected,
        cast(coalesce(movements.amount_collected, 0) as decimal(18, 2)) as amount_collected,
        cast(coalesce(movements.invoices_collected_late, 0) as bigint) as invoices_collected_late,
        cast(coalesce(movements.amount_collected_late, 0) as decimal(18, 2)) as amount_collected_late,
        cast(coalesce(movements.invoices_newly_overdue, 0) as bigint) as invoices_newly_overdue,
        cast(coalesce(movements.amount_newly_overdue, 0) as decimal(18, 2)) as amount_newly_overdue,
        cast(coalesce(sum(movements.invoices_opened) over up_to_the_day, 0) as bigint) as invoices_closing,
        cast(coalesce(sum(movements.amount_opened) over up_to_the_day, 0) as decimal(18, 2)) as amount_closing,
        cast(coalesce(sum(movements.invoices_overdue) over up_to_the_day, 0) as bigint) as invoices_overdue,
        cast(coalesce(sum(movements.amount_overdue) over up_to_the_day, 0) as decimal(18, 2)) as amount_overdue
    from days
    left join movements
        on
            days.date_day = movements.event_day
            and days.risk_grade = movements.risk_grade
    window up_to_the_day as (
        partition by days.risk_grade
        order by days.date_day
        rows between unbounded preceding and current row
    )

)

select * from daily_receivables
