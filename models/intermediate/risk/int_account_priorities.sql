{{ config(materialized='table') }}

with

open_invoices as (

    select
        *,
        days_until_due < 0 as is_overdue,
        days_until_due between 0 and 6 as is_due_in_7_days
    from {{ ref('int_open_invoices') }}

),

risks as (

    select * from {{ ref('int_invoice_risk') }}

),

accounts as (

    select
        open_invoices.scored_day,
        open_invoices.account_id,
        cast(sum(case when open_invoices.is_overdue then open_invoices.inv_total else 0 end) as decimal(18, 2))
            as value_overdue,
        cast(sum(case when open_invoices.is_due_in_7_days then open_invoices.inv_total else 0 end) as decimal(18, 2))
            as value_due_7d,
        cast(sum(case when open_invoices.is_due_in_7_days then risks.expected_late_value else 0 end) as decimal(18, 2))
            as expected_late_7d,
        max(open_invoices.share_late_of_account) as share_late,
        count(case when open_invoices.is_overdue then 1 end) as num_inv_overdue,
        min(case when open_invoices.is_overdue then open_invoices.date_due end) as oldest_overdue_day,
        count(case when open_invoices.is_due_in_7_days then 1 end) as num_inv_due_7d,
        max(case when open_invoices.is_due_in_7_days then open_invoices.date_due end) as last_due_day_7d
    from open_invoices
    left join risks
        on
            open_invoices.scored_day = risks.scored_day
            and open_invoices.invoice_id = risks.invoice_id
    group by
        open_invoices.scored_day,
        open_invoices.account_id

),

accounts_to_call as (

    -- What is late already can be collected, what is about to be can be prevented.
    select
        *,
        cast(value_overdue + expected_late_7d as decimal(18, 2)) as expected_late_value
    from accounts
    where num_inv_overdue + num_inv_due_7d > 0

),

ranked_accounts as (

    select
        *,
        cast(row_number() over (
            partition by scored_day
            order by
                expected_late_value desc,
                value_overdue desc,
                coalesce(oldest_overdue_day, scored_day) asc,
                account_id asc
        ) as bigint) as contact_rank
    from accounts_to_call

)

select * from ranked_accounts
