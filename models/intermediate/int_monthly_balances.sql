{#- Not a view: Iceberg's do not know named windows. -#}
{{ config(materialized='table') }}

with

movements_by_month as (

    select
        month_start,
        month_end_or_as_of,
        invoices_issued,
        invoices_collected,
        invoices_overdue,
        invoices_due,
        invoices_due_late,
        amount_issued,
        amount_collected,
        amount_overdue
    from {{ ref('int_monthly_movements') }}

),

balances as (

    select
        month_start,
        month_end_or_as_of,
        cast({{ days_between('month_start', 'month_end_or_as_of') }} + 1 as integer) as days_counted,
        cast(
            coalesce(sum(amount_issued - amount_collected) over before_the_month, 0) as decimal(18, 2)
        ) as amount_opening,
        invoices_issued,
        amount_issued,
        invoices_collected,
        amount_collected,
        cast(sum(invoices_issued - invoices_collected) over up_to_the_month as bigint) as invoices_closing,
        cast(sum(amount_issued - amount_collected) over up_to_the_month as decimal(18, 2)) as amount_closing,
        cast(sum(invoices_overdue) over up_to_the_month as bigint) as invoices_overdue,
        cast(sum(amount_overdue) over up_to_the_month as decimal(18, 2)) as amount_overdue,
        invoices_due,
        invoices_due_late
    from movements_by_month
    window
        before_the_month as (order by month_start rows between unbounded preceding and 1 preceding),
        up_to_the_month as (order by month_start rows between unbounded preceding and current row)

)

select * from balances
