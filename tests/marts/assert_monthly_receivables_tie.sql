with

months as (

    select
        month_start,
        month_end_or_as_of,
        amount_opening,
        amount_issued,
        amount_collected,
        amount_closing,
        invoices_closing,
        amount_overdue,
        invoices_overdue,
        lag(amount_closing, 1, 0) over (order by month_start) as amount_closing_before
    from {{ ref('monthly_receivables') }}

),

invoices as (

    select
        date_issued,
        date_due,
        amount,
        coalesce(date_paid, cast('9999-12-31' as date)) as date_paid
    from {{ ref('fct_invoices') }}

),

-- Found invoice by invoice, not by sums over the months.
unpaid_at_month_end as (

    select
        months.month_start,
        count(invoices.amount) as invoices_closing,
        coalesce(sum(invoices.amount), 0) as amount_closing,
        count(case when invoices.date_due < months.month_end_or_as_of then 1 end) as invoices_overdue,
        coalesce(
            sum(case when invoices.date_due < months.month_end_or_as_of then invoices.amount end), 0
        ) as amount_overdue
    from months
    left join invoices
        on
            months.month_end_or_as_of >= invoices.date_issued
            and months.month_end_or_as_of < invoices.date_paid
    group by months.month_start

)

select
    months.month_start,
    months.amount_opening,
    months.amount_issued,
    months.amount_collected,
    months.amount_closing,
    unpaid_at_month_end.amount_closing as amount_unpaid_at_month_end
from months
inner join unpaid_at_month_end
    on months.month_start = unpaid_at_month_end.month_start
where
    months.amount_opening + months.amount_issued - months.amount_collected <> months.amount_closing
    or months.amount_opening <> months.amount_closing_before
    or months.invoices_closing <> unpaid_at_month_end.invoices_closing
    or months.amount_closing <> unpaid_at_month_end.amount_closing
    or months.invoices_overdue <> unpaid_at_month_end.invoices_overdue
    or months.amount_overdue <> unpaid_at_month_end.amount_overdue
