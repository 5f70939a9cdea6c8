{{ config(materialized='table') }}

with

days as (

    select * from {{ ref('int_scored_days') }}

),

invoices as (

    select * from {{ ref('int_invoices') }}

),

scores as (

    select * from {{ ref('int_invoice_scores') }}

),

account_late_shares as (

    select
        days.scored_day,
        known_shares.account_id,
        known_shares.share_late
    from {{ ref('int_account_late_share') }} as known_shares
    inner join days
        on {{ is_known('known_shares', 'days.scored_day') }}

),

lines_late_shares as (

    select
        days.scored_day,
        known_shares.inv_lines,
        known_shares.share_late
    from {{ ref('int_lines_late_share') }} as known_shares
    inner join days
        on {{ is_known('known_shares', 'days.scored_day') }}

),

late_shares as (

    select
        days.scored_day,
        known_shares.share_late
    from {{ ref('int_late_share') }} as known_shares
    inner join days
        on {{ is_known('known_shares', 'days.scored_day') }}

),

open_invoices as (

    select
        days.scored_day,
        invoices.invoice_id,
        invoices.account_id,
        invoices.date_issued,
        invoices.date_due,
        invoices.inv_total,
        invoices.inv_lines,
        scores.risk_grade,
        cast({{ days_between('invoices.date_issued', 'days.scored_day') }} as integer) as days_open,
        cast({{ days_between('days.scored_day', 'invoices.date_due') }} as integer) as days_until_due
    from invoices
    inner join days
        on
            invoices.date_issued <= days.scored_day
            and (invoices.date_paid is null or invoices.date_paid > days.scored_day)
    inner join scores
        on invoices.invoice_id = scores.invoice_id

),

open_invoices_with_shares as (

    select
        open_invoices.*,
        account_late_shares.share_late as share_late_of_account,
        lines_late_shares.share_late as share_late_of_lines,
        late_shares.share_late as share_late_of_all
    from open_invoices
    inner join account_late_shares
        on
            open_invoices.account_id = account_late_shares.account_id
            and open_invoices.scored_day = account_late_shares.scored_day
    inner join lines_late_shares
        on
            open_invoices.inv_lines = lines_late_shares.inv_lines
            and open_invoices.scored_day = lines_late_shares.scored_day
    inner join late_shares
        on open_invoices.scored_day = late_shares.scored_day

)

select * from open_invoices_with_shares
