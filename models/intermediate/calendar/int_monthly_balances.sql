{#- Two centuries, more than any calendar needs. -#}
{%- set most_months = 2400 -%}
{#- Not a view: Iceberg's do not know named windows. -#}
{{ config(materialized='table') }}

with

chosen_day as (

    select * from {{ ref('int_as_of') }}

),

daily_movements as (

    select
        *,
        cast({{ dbt.date_trunc('month', 'event_day') }} as date) as month_start
    from {{ ref('int_daily_movements') }}

),

numbers as (
    {{ dbt.generate_series(most_months) }}
),

months_from_the_first as (

    select
        chosen_day.as_of,
        cast({{ dbt.dateadd(
            'month',
            'cast(numbers.generated_number - 1 as integer)',
            dbt.date_trunc('month', 'chosen_day.first_date_issued')
        ) }} as date) as month_start
    from chosen_day
    cross join numbers

),

months as (

    select
        month_start,
        least({{ dbt.last_day('month_start', 'month') }}, as_of) as month_end_or_as_of
    from months_from_the_first
    where month_start <= as_of

),

movements as (

    select
        month_start,
        sum(invoices_issued) as invoices_issued,
        sum(amount_issued) as amount_issued,
        sum(invoices_collected) as invoices_collected,
        sum(amount_collected) as amount_collected,
        sum(change_in_invoices_overdue) as invoices_overdue,
        sum(change_in_amount_overdue) as amount_overdue,
        sum(invoices_due) as invoices_due,
        sum(invoices_due_late) as invoices_due_late
    from daily_movements
    group by month_start

),

movements_by_month as (

    -- A month in which nothing happened is a row too.
    select
        months.month_start,
        months.month_end_or_as_of,
        coalesce(movements.invoices_issued, 0) as invoices_issued,
        coalesce(movements.amount_issued, 0) as amount_issued,
        coalesce(movements.invoices_collected, 0) as invoices_collected,
        coalesce(movements.amount_collected, 0) as amount_collected,
        coalesce(movements.invoices_overdue, 0) as invoices_overdue,
        coalesce(movements.amount_overdue, 0) as amount_overdue,
        coalesce(movements.invoices_due, 0) as invoices_due,
        coalesce(movements.invoices_due_late, 0) as invoices_due_late
    from months
    left join movements
        on months.month_start = movements.month_start

),

balances as (

    select
        month_start,
        month_end_or_as_of,
        cast({{ days_between('month_start', 'month_end_or_as_of') }} + 1 as integer) as days_counted,
        cast(
            coalesce(sum(amount_issued - amount_collected) over before_the_month, 0) as decimal(18, 2)
        ) as amount_opening,
        cast(invoices_issued as bigint) as invoices_issued,
        cast(amount_issued as decimal(18, 2)) as amount_issued,
        cast(invoices_collected as bigint) as invoices_collected,
        cast(amount_collected as decimal(18, 2)) as amount_collected,
        cast(sum(invoices_issued - invoices_collected) over up_to_the_month as bigint) as invoices_closing,
        cast(sum(amount_issued - amount_collected) over up_to_the_month as decimal(18, 2)) as amount_closing,
        cast(sum(invoices_overdue) over up_to_the_month as bigint) as invoices_overdue,
        cast(sum(amount_overdue) over up_to_the_month as decimal(18, 2)) as amount_overdue,
        cast(invoices_due as bigint) as invoices_due,
        cast(invoices_due_late as bigint) as invoices_due_late
    from movements_by_month
    window
        before_the_month as (order by month_start rows between unbounded preceding and 1 preceding),
        up_to_the_month as (order by month_start rows between unbounded preceding and current row)

)

select * from balances
