with

dates as (

    select
        date_day,
        month_start
    from {{ ref('dim_date') }}

),

invoices as (

    select
        date_issued,
        as_of
    from {{ ref('fct_invoices') }}

),

days_of_trade as (

    select
        min(date_issued) as first_day,
        max(as_of) as as_of
    from invoices

),

months as (

    select
        dates.month_start,
        max(dates.date_day) as month_end_or_as_of
    from dates
    inner join days_of_trade
        on dates.date_day <= days_of_trade.as_of
    group by dates.month_start
    having max(dates.date_day) >= min(days_of_trade.first_day)

)

select * from months
