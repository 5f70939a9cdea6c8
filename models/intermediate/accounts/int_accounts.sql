{{ config(materialized='table') }}

with

invoices as (

    select
        *,
        date_paid is null as is_open,
        date_paid is null and days_late > 0 as is_overdue,
        date_paid is null and {{ days_between('as_of', 'date_due') }} between 0 and 6 as is_due_in_7_days,
        {{ days_between('date_outcome', 'as_of') }} as days_since_outcome,
        {{ days_between('date_paid', 'as_of') }} as days_since_payment
    from {{ ref('int_invoices') }}

),

accounts as (

    select
        account_id,
        as_of,
        cast(sum(case when is_open then 1 else 0 end) as bigint) as num_inv_open,
        cast(sum(case when is_open then inv_total else 0 end) as decimal(18, 2)) as value_open,
        cast(sum(case when is_overdue then 1 else 0 end) as bigint) as num_inv_overdue,
        cast(sum(case when is_overdue then inv_total else 0 end) as decimal(18, 2)) as value_overdue,
        cast(sum(case when is_due_in_7_days then 1 else 0 end) as bigint) as num_inv_due_7d,
        cast(sum(case when is_due_in_7_days then inv_total else 0 end) as decimal(18, 2)) as value_due_7d,
        cast(coalesce(sum(is_late), 0) as bigint) as num_inv_late,
        cast(percentile_disc(0.5) within group (order by days_to_pay) as integer) as usual_days_to_pay,
        cast(
            percentile_disc(0.5) within group (
                order by case when days_since_payment between 0 and 89 then days_to_pay end
            ) - percentile_disc(0.5) within group (
                order by case when days_since_payment between 90 and 179 then days_to_pay end
            ) as integer
        ) as usual_days_to_pay_change,
        max(date_issued) as last_date_issued,
        count(is_late) as num_inv_known,
        min(case when is_overdue then date_due end) as oldest_overdue_day,
        avg(case when days_since_outcome between 0 and 89 then is_late end)
        - avg(case when days_since_outcome between 90 and 179 then is_late end) as share_late_change
    from invoices
    group by
        account_id,
        as_of

)

select * from accounts
