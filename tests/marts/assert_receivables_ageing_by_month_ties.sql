with

ageing as (

    select * from {{ ref('receivables_ageing_by_month') }}

),

months as (

    select * from {{ ref('monthly_receivables') }}

)

select
    months.month_start,
    months.amount_closing,
    ageing.amount_open,
    months.amount_overdue,
    ageing.amount_current
from months
left join ageing
    on months.month_start = ageing.month_start
where
    ageing.month_start is null
    or ageing.month_end_or_as_of <> months.month_end_or_as_of
    or ageing.amount_open <> months.amount_closing
    or ageing.amount_open - ageing.amount_current <> months.amount_overdue
