{{ config(materialized='table') }}

with

open_invoices as (

    select
        account_id,
        date_due,
        as_of,
        inv_total,
        coalesce(is_late, 0) = 1 as is_overdue,
        {{ days_between('as_of', 'date_due') }} between 0 and 6 as is_due_in_7_days
    from {{ ref('int_invoice_outcomes') }}
    where date_paid is null

),

open_invoices_by_account as (

    select
        account_id,
        as_of,
        cast(sum(inv_total) as decimal(18, 2)) as value_open,
        cast(sum(case when is_overdue then 1 else 0 end) as bigint) as num_inv_overdue,
        cast(sum(case when is_overdue then inv_total else 0 end) as decimal(18, 2)) as value_overdue,
        cast(sum(case when is_due_in_7_days then 1 else 0 end) as bigint) as num_inv_due_7d,
        cast(sum(case when is_due_in_7_days then inv_total else 0 end) as decimal(18, 2)) as value_due_7d,
        count(*) as num_inv_open,
        min(case when is_overdue then date_due end) as oldest_overdue_day
    from open_invoices
    group by
        account_id,
        as_of

)

select * from open_invoices_by_account
