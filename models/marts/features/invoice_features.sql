with

account_invoices as (

    select
        invoice_id,
        account_id,
        date_paid,
        {{ days_between('joining_date', 'date_issued') }} as acct_age,
        -- An unpaid invoice has been open until the day it is looked at.
        {{ days_between('date_issued', 'coalesce(date_paid, as_of)') }} as days_open
    from {{ ref('int_account_invoice') }}

),

invoice_totals as (

    select
        invoice_id,
        inv_total,
        inv_items
    from {{ ref('int_invoice_totals') }}

),

invoice_counts as (

    select
        invoice_id,
        num_inv_120d,
        cum_tot_inv_acct
    from {{ ref('int_account_invoice_counts') }}

),

features as (

    select
        account_invoices.invoice_id as inv_id,
        account_invoices.account_id as acct_id,
        invoice_totals.inv_total,
        invoice_totals.inv_items,
        cast(account_invoices.acct_age as integer) as acct_age,
        invoice_counts.num_inv_120d,
        invoice_counts.cum_tot_inv_acct,
        case
            when account_invoices.days_open > {{ whole_number_var('payment_terms_days') }} then 1
            when account_invoices.date_paid is not null then 0
        end as is_late
    from account_invoices
    inner join invoice_totals
        on account_invoices.invoice_id = invoice_totals.invoice_id
    inner join invoice_counts
        on account_invoices.invoice_id = invoice_counts.invoice_id

)

select * from features
