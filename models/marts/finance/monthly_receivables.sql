with

balances as (

    select
        *,
        amount_closing - amount_overdue as amount_current
    from {{ ref('int_monthly_balances') }}

),

monthly_receivables as (

    select
        month_start,
        month_end_or_as_of,
        days_counted,
        amount_opening,
        invoices_issued,
        amount_issued,
        invoices_collected,
        amount_collected,
        invoices_closing,
        amount_closing,
        invoices_overdue,
        amount_overdue,
        invoices_due,
        invoices_due_late,
        cast(amount_closing as double) / nullif(amount_issued, 0) * days_counted as days_sales_outstanding,
        cast(amount_current as double) / nullif(amount_issued, 0) * days_counted as best_possible_dso,
        cast(amount_overdue as double) / nullif(amount_issued, 0) * days_counted as average_days_delinquent,
        cast(amount_opening + amount_issued - amount_closing as double)
        / nullif(amount_opening + amount_issued - amount_current, 0) * 100 as collection_effectiveness_index,
        cast(invoices_due_late as double) / nullif(invoices_due, 0) as late_share
    from balances

)

select * from monthly_receivables
