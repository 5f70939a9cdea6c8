{{ config(materialized='table') }}

with

payments as (

    select
        account_id,
        days_to_pay,
        {{ days_between('date_paid', 'as_of') }} as days_since_payment
    from {{ ref('int_invoice_outcomes') }}
    where date_paid is not null

),

payments_by_period as (

    select
        account_id,
        days_to_pay,
        'so far' as period
    from payments
    union all
    select
        account_id,
        days_to_pay,
        case when days_since_payment < 90 then 'last 90 days' else '90 days before' end as period
    from payments
    where days_since_payment < 180

),

payments_in_order as (

    select
        account_id,
        days_to_pay,
        period,
        row_number() over (partition by account_id, period order by days_to_pay) as payment_number,
        count(*) over (partition by account_id, period) as payments
    from payments_by_period

),

medians as (

    -- The middle payment; of an even number the earlier of the two.
    select
        account_id,
        days_to_pay,
        period
    from payments_in_order
    where 2 * payment_number in (payments, payments + 1)

),

usual_days_to_pay as (

    select
        account_id,
        cast(max(case when period = 'so far' then days_to_pay end) as integer) as usual_days_to_pay,
        cast(
            max(case when period = 'last 90 days' then days_to_pay end)
            - max(case when period = '90 days before' then days_to_pay end)
            as integer
        ) as usual_days_to_pay_change
    from medians
    group by account_id

)

select * from usual_days_to_pay
