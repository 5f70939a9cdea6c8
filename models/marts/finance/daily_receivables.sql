with

chosen_day as (

    select * from {{ ref('int_as_of') }}

),

calendar as (

    select * from {{ ref('dim_date') }}

),

movements as (

    select * from {{ ref('int_daily_movements') }}

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
        cast(coalesce(sum(movements.change_in_invoices_open) over up_to_the_day, 0) as bigint) as invoices_closing,
        cast(coalesce(sum(movements.change_in_amount_open) over up_to_the_day, 0) as decimal(18, 2)) as amount_closing,
        cast(coalesce(sum(movements.change_in_invoices_overdue) over up_to_the_day, 0) as bigint) as invoices_overdue,
        cast(
            coalesce(sum(movements.change_in_amount_overdue) over up_to_the_day, 0) as decimal(18, 2)
        ) as amount_overdue
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
