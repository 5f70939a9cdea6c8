{%- set terms = whole_number_var('payment_terms_days') %}
{{ config(materialized='table') }}

with

days as (

    select * from {{ ref('int_scored_days') }}

),

invoices as (

    select * from {{ ref('int_invoices') }}

),

numbers as (
    {{ dbt.generate_series(terms + 1) }}
),

payments as (

    -- By day first: what is joined to the scored days does not grow with the number of invoices.
    select
        date_paid,
        days_to_pay,
        is_late,
        count(*) as num_inv_paid
    from invoices
    where date_paid is not null
    group by
        date_paid,
        days_to_pay,
        is_late

),

recent_payments as (

    -- A day without any has its rows too.
    select
        days.scored_day,
        payments.days_to_pay,
        cast(numbers.generated_number - 1 as integer) as days_open,
        case when payments.is_late = 0 then payments.num_inv_paid else 0 end as num_in_time,
        case when payments.is_late = 1 then payments.num_inv_paid else 0 end as num_late
    from days
    cross join numbers
    left join payments
        on {{ is_recent('payments.date_paid', 'days.scored_day') }}

),

sums as (

    select
        scored_day,
        days_open,
        sum(num_in_time) as num_in_time,
        sum(case when days_to_pay > days_open then num_in_time else 0 end) as num_in_time_later,
        sum(case when days_to_pay > days_open then num_in_time * days_to_pay else 0 end) as days_in_time_later,
        sum(num_late) as num_late,
        sum(num_late * days_to_pay) as days_late
    from recent_payments
    group by
        scored_day,
        days_open

),

days_to_pay as (

    -- As if two more had paid in time, on any of the days from 0 to the last. Rounded like all that is divided.
    select
        scored_day,
        days_open,
        round({{ smoothed_share(
            'num_in_time_later',
            'num_in_time',
            'cast(' ~ terms ~ ' - days_open as double) / ' ~ (terms + 1)
        ) }}, 10) as share_of_punctual_unpaid,
        round({{ smoothed_share(
            'days_in_time_later',
            'num_in_time_later',
            'cast(days_open + 1 + ' ~ terms ~ ' as double) / 2'
        ) }}, 10) as mean_days_if_punctual,
        round(coalesce(cast(days_late as double) / nullif(num_late, 0), {{ terms + 1 }}), 10) as mean_days_if_late
    from sums

)

select * from days_to_pay
