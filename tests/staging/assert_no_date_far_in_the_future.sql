{%- set max_idle_days = whole_number_var('max_idle_days') %}

with

invoices as (

    select * from {{ ref('stg_trs__invoices') }}

),

accounts as (

    select * from {{ ref('stg_trs__accounts') }}

),

delivered_days as (

    select
        'invoices' as raw_table,
        invoice_id as delivered_id,
        'date_issued' as column_name,
        date_issued as delivered_day
    from invoices
    union all
    select
        'invoices' as raw_table,
        invoice_id as delivered_id,
        'payment_dates' as column_name,
        date_paid as delivered_day
    from invoices
    where date_paid is not null
    union all
    select
        'accounts' as raw_table,
        account_id as delivered_id,
        'joining_date' as column_name,
        joining_date as delivered_day
    from accounts

),

-- Accounts are opened without trade, so their days do not show that it went on.
days_of_trade as (

    select distinct delivered_day as trade_day
    from delivered_days
    where raw_table = 'invoices'

),

days_with_neighbours as (

    select
        trade_day,
        lag(trade_day) over (order by trade_day) as day_before,
        count(*) over (order by trade_day desc) as num_days_since
    from days_of_trade

),

-- Mistakes are few. Where trade has gone on for as many days as it may rest, the rest before was a real one.
latest_believed_day as (

    select
        coalesce(
            min(case
                when
                    {{ days_between('day_before', 'trade_day') }} > {{ max_idle_days }}
                    and num_days_since <= {{ max_idle_days }}
                    then day_before
            end),
            max(trade_day)
        ) as believed_day
    from days_with_neighbours

)

select
    delivered_days.raw_table,
    delivered_days.delivered_id,
    delivered_days.column_name,
    delivered_days.delivered_day,
    latest_believed_day.believed_day as latest_day_of_trade_before
from delivered_days
cross join latest_believed_day
where
    {{ days_between('latest_believed_day.believed_day', 'delivered_days.delivered_day') }} > {{ max_idle_days }}
order by
    delivered_days.delivered_day,
    delivered_days.raw_table,
    delivered_days.delivered_id
