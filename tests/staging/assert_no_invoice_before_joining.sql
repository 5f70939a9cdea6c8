with

invoices as (

    select
        invoice_id,
        account_id,
        date_issued
    from {{ ref('stg_trs__invoices') }}

),

accounts as (

    select
        account_id,
        joining_date
    from {{ ref('stg_trs__accounts') }}

)

select
    invoices.invoice_id,
    invoices.account_id,
    invoices.date_issued,
    accounts.joining_date
from invoices
inner join accounts
    on invoices.account_id = accounts.account_id
where invoices.date_issued < accounts.joining_date
