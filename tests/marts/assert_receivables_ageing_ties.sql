with

told as (

    select
        'receivables_ageing_total' as told_by,
        invoices_open,
        amount_open,
        invoices_open - invoices_current as invoices_overdue,
        amount_open - amount_current as amount_overdue
    from {{ ref('receivables_ageing_total') }}
    union all
    select
        'receivables_ageing' as told_by,
        coalesce(sum(invoices_open), 0) as invoices_open,
        coalesce(sum(amount_open), 0) as amount_open,
        coalesce(sum(invoices_open - invoices_current), 0) as invoices_overdue,
        coalesce(sum(amount_open - amount_current), 0) as amount_overdue
    from {{ ref('receivables_ageing') }}
    union all
    select
        'fct_invoices' as told_by,
        count(*) as invoices_open,
        coalesce(sum(amount), 0) as amount_open,
        count(case when status = 'overdue' then 1 end) as invoices_overdue,
        coalesce(sum(case when status = 'overdue' then amount end), 0) as amount_overdue
    from {{ ref('fct_invoices') }}
    where status in ('open', 'overdue')
    union all
    select
        'monthly_receivables' as told_by,
        months.invoices_closing as invoices_open,
        months.amount_closing as amount_open,
        months.invoices_overdue,
        months.amount_overdue
    from {{ ref('monthly_receivables') }} as months
    inner join {{ ref('int_as_of') }} as chosen_day
        on months.month_end_or_as_of = chosen_day.as_of

)

-- All four must have told something: the last month could be missing.
select
    count(*) as tellers,
    min(invoices_open) as least_invoices_open,
    max(invoices_open) as most_invoices_open,
    min(amount_open) as least_amount_open,
    max(amount_open) as most_amount_open
from told
having
    count(*) <> 4
    or min(invoices_open) <> max(invoices_open)
    or min(amount_open) <> max(amount_open)
    or min(invoices_overdue) <> max(invoices_overdue)
    or min(amount_overdue) <> max(amount_overdue)
