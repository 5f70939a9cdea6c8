{{ config(materialized='table') }}

with

invoices as (

    select
        *,
        {{ days_between('date_outcome', 'as_of') }} as days_since_outcome,
        {{ days_between('date_paid', 'as_of') }} as days_since_payment
    from {{ ref('int_invoices') }}

),

accounts as (

    select
        account_id,
        as_of,
        cast(sum(case when date_paid is null then inv_total else 0 end) as decimal(18, 2)) as value_open,
        cast(coalesce(sum(is_late), 0) as bigint) as num_inv_late,
        cast(percentile_disc(0.5) within group (order by days_to_pay) as integer) as usual_days_to_pay,
        cast(
            percentile_disc(0.5) within group (
                order by case when days_since_payment between 0 and 89 then days_to_pay end
            ) - percentile_disc(0.5) within group (
                order by case when days_since_payment between 90 and 179 then days_to_pay end
            ) as integer
        ) as usual_days_to_pay_change,
        count(is_late) as num_inv_known,
        avg(case when days_since_outcome between 0 and 89 then is_late end)
        - avg(case when days_since_outcome between 90 and 179 then is_late end) as share_late_change
    from invoices
    group by
        account_id,
        as_of

)

select * from accounts
