-- A table, because of the comparison with as_of: DuckDB takes it for a filter that leaves next to nothing, and would
-- then hash the line items that are joined to these invoices, which are millions, rather than the prices.
{{ config(materialized='table') }}

with

invoices as (

    select * from {{ ref('stg_trs__invoices') }}

),

accounts as (

    select * from {{ ref('stg_trs__accounts') }}

),

chosen_day as (

    select * from {{ ref('int_as_of') }}

),

known_invoices as (

    select
        invoices.invoice_id,
        invoices.account_id,
        accounts.company_name,
        accounts.joining_date,
        invoices.date_issued,
        chosen_day.as_of,
        case when invoices.date_paid <= chosen_day.as_of then invoices.date_paid end as date_paid
    from invoices
    inner join chosen_day
        on invoices.date_issued <= chosen_day.as_of
    inner join accounts
        on invoices.account_id = accounts.account_id

)

select * from known_invoices
