{{ config(materialized='table') }}

with

movements as (

    select
        movement_day,
        invoices_issued,
        amount_issued,
        invoices_collected,
        amount_collected,
        invoices_overdue,
        amount_overdue,
        invoices_due,
        invoices_due_late
    from {{ ref('int_receivable_movements') }}

),

months as (

    select
        month_start,
        month_end_or_as_of
    from {{ ref('int_months') }}

),

-- A month in which nothing happened is a row too.
movements_by_month as (

    select
        months.month_start,
        months.month_end_or_as_of,
        cast(coalesce(sum(movements.invoices_issued), 0) as bigint) as invoices_issued,
        cast(coalesce(sum(movements.invoices_collected), 0) as bigint) as invoices_collected,
        cast(coalesce(sum(movements.invoices_overdue), 0) as bigint) as invoices_overdue,
        cast(coalesce(sum(movements.invoices_due), 0) as bigint) as invoices_due,
        cast(coalesce(sum(movements.invoices_due_late), 0) as bigint) as invoices_due_late,
        cast(coalesce(sum(movements.amount_issued), 0) as decimal(18, 2)) as amount_issued,
        cast(coalesce(sum(movements.amount_collected), 0) as decimal(18, 2)) as amount_collected,
        cast(coalesce(sum(movements.amount_overdue), 0) as decimal(18, 2)) as amount_overdue
    from months
    left join movements
        on movements.movement_day between months.month_start and months.month_end_or_as_of
    group by
        months.month_start,
        months.month_end_or_as_of

)

select * from movements_by_month
