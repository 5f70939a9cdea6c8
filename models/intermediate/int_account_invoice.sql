with

invoices as (

    select
        invoice_id,
        account_id,
        date_issued,
        date_paid,
        as_of
    from {{ ref('int_invoices_as_of') }}

),

accounts as (

    select
        account_id,
        company_name,
        joining_date
    from {{ ref('stg_trs__accounts') }}

),

invoices_with_account as (

    select
        invoices.invoice_id,
        invoices.account_id,
        accounts.company_name,
        accounts.joining_date,
        invoices.date_issued,
        invoices.date_paid,
        invoices.as_of
    from invoices
    inner join accounts
        on invoices.account_id = accounts.account_id

)

select * from invoices_with_account
