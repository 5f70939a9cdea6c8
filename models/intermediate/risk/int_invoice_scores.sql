{{ config(materialized='table') }}

with

invoices as (

    select * from {{ ref('int_invoices') }}

),

account_late_shares as (

    select * from {{ ref('int_account_late_share') }}

),

lines_late_shares as (

    select * from {{ ref('int_lines_late_share') }}

),

late_shares as (

    select * from {{ ref('int_late_share') }}

),

invoices_with_log_odds as (

    select
        invoices.*,
        {{ late_log_odds('account_late_shares.share_late', 'lines_late_shares.share_late', 'late_shares.share_late') }}
            as log_odds
    from invoices
    inner join account_late_shares
        on
            invoices.account_id = account_late_shares.account_id
            and invoices.date_issued = account_late_shares.date_known
    inner join lines_late_shares
        on
            invoices.inv_lines = lines_late_shares.inv_lines
            and invoices.date_issued = lines_late_shares.date_known
    inner join late_shares
        on invoices.date_issued = late_shares.date_known

),

invoices_with_probability as (

    select
        *,
        round({{ from_log_odds('log_odds') }}, 10) as probability_late
    from invoices_with_log_odds

),

scored_invoices as (

    select
        invoice_id,
        account_id,
        date_issued,
        date_paid,
        days_to_pay,
        date_outcome,
        is_late,
        probability_late,
        case
            when probability_late < 0.2 then 'low'
            when probability_late < 0.6 then 'medium'
            when probability_late >= 0.6 then 'high'
            else 'unknown'
        end as risk_grade
    from invoices_with_probability

)

select * from scored_invoices
