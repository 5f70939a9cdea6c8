-- A fault in any of the four tables keeps this one out of the history too: it waits for the tests of all.
-- depends_on: {{ ref('stg_trs__accounts') }}
-- depends_on: {{ ref('stg_trs__skus') }}
-- depends_on: {{ ref('stg_trs__invoice_line_items') }}

with

invoices as (

    select
        invoice_id,
        account_id,
        date_issued,
        date_paid
    from {{ ref('stg_trs__invoices') }}

),

chosen_day as (

    select as_of
    from {{ ref('int_as_of') }}

),

invoices_with_day as (

    select
        invoices.invoice_id,
        invoices.account_id,
        invoices.date_issued,
        invoices.date_paid,
        chosen_day.as_of
    from invoices
    cross join chosen_day

)

select * from invoices_with_day
