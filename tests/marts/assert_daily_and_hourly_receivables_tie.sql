with

days as (

    select
        date_day,
        sum(invoices_issued) as invoices_issued,
        sum(amount_issued) as amount_issued,
        sum(invoices_collected) as invoices_collected,
        sum(amount_collected) as amount_collected,
        sum(invoices_closing) as invoices_closing,
        sum(amount_closing) as amount_closing,
        sum(invoices_overdue) as invoices_overdue,
        sum(amount_overdue) as amount_overdue
    from {{ ref('daily_receivables') }}
    group by date_day

),

months as (

    select * from {{ ref('monthly_receivables') }}

),

sums_of_days as (

    select
        months.month_start,
        sum(days.invoices_issued) as invoices_issued,
        sum(days.amount_issued) as amount_issued,
        sum(days.invoices_collected) as invoices_collected,
        sum(days.amount_collected) as amount_collected
    from months
    inner join days
        on days.date_day between months.month_start and months.month_end_or_as_of
    group by months.month_start

),

last_hour as (

    select
        sum(hours.invoices_closing) as invoices_closing,
        sum(hours.amount_closing) as amount_closing
    from {{ ref('hourly_receivables') }} as hours
    where hours.hour_start = (select max(later.hour_start) from {{ ref('hourly_receivables') }} as later)

),

total as (

    select * from {{ ref('receivables_ageing_total') }}

)

select
    months.month_end_or_as_of as date_day,
    months.amount_closing as amount_open,
    days.amount_closing
from months
left join sums_of_days
    on months.month_start = sums_of_days.month_start
left join days
    on months.month_end_or_as_of = days.date_day
where
    sums_of_days.month_start is null
    or days.date_day is null
    or months.invoices_issued <> sums_of_days.invoices_issued
    or months.amount_issued <> sums_of_days.amount_issued
    or months.invoices_collected <> sums_of_days.invoices_collected
    or months.amount_collected <> sums_of_days.amount_collected
    or months.invoices_closing <> days.invoices_closing
    or months.amount_closing <> days.amount_closing
    or months.invoices_overdue <> days.invoices_overdue
    or months.amount_overdue <> days.amount_overdue
union all
-- All that is known now had come in by the end of the last hour.
select
    total.as_of as date_day,
    total.amount_open,
    last_hour.amount_closing
from total
cross join last_hour
where
    total.invoices_open <> last_hour.invoices_closing
    or total.amount_open <> last_hour.amount_closing
