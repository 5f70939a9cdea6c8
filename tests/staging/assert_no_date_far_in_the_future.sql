with

invoices as (

    select
        invoice_id,
        date_issued,
        date_paid
    from {{ ref('stg_trs__invoices') }}

),

known_days as (

    select
        invoice_id,
        'date_issued' as column_name,
        date_issued as known_day
    from invoices
    union all
    select
        invoice_id,
        'payment_dates' as column_name,
        date_paid as known_day
    from invoices
    where date_paid is not null

),

distinct_days as (

    select distinct known_day
    from known_days

),

days_with_the_day_before as (

    select
        known_day,
        lag(known_day) over (order by known_day) as day_before
    from distinct_days

),

first_day_after_a_gap as (

    select min(known_day) as first_day
    from days_with_the_day_before
    where {{ days_between('day_before', 'known_day') }} > 365

)

select
    known_days.invoice_id,
    known_days.column_name,
    known_days.known_day
from known_days
inner join first_day_after_a_gap
    on known_days.known_day >= first_day_after_a_gap.first_day
