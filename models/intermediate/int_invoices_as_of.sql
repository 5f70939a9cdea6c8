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

known_invoices as (

    select
        invoices.invoice_id,
        invoices.account_id,
        invoices.date_issued,
        chosen_day.as_of,
        case
            when invoices.date_paid <= chosen_day.as_of then invoices.date_paid
        end as date_paid
    from invoices
    cross join chosen_day
    where invoices.date_issued <= chosen_day.as_of

)

select * from known_invoices
