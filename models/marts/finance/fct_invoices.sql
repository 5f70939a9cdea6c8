{%- set terms = whole_number_var('payment_terms_days') %}

with

invoices as (

    select
        invoice_id,
        account_id,
        date_issued,
        date_paid,
        as_of,
        {{ days_after('date_issued', terms) }} as date_due
    from {{ ref('int_account_invoice') }}

),

invoice_totals as (

    select
        invoice_id,
        inv_total,
        inv_cost,
        inv_items,
        inv_lines
    from {{ ref('int_invoice_totals') }}

),

aged_invoices as (

    select
        *,
        {{ days_between('date_issued', 'date_paid') }} as days_to_pay,
        -- An unpaid invoice has been open until the day it is looked at.
        greatest({{ days_between('date_due', 'coalesce(date_paid, as_of)') }}, 0) as days_late
    from invoices

),

valued_invoices as (

    select
        aged_invoices.invoice_id,
        aged_invoices.account_id,
        aged_invoices.date_issued,
        aged_invoices.date_due,
        aged_invoices.date_paid,
        aged_invoices.as_of,
        invoice_totals.inv_total as amount,
        invoice_totals.inv_cost as cost,
        invoice_totals.inv_items as units,
        invoice_totals.inv_lines as lines,
        cast(aged_invoices.days_to_pay as integer) as days_to_pay,
        cast(aged_invoices.days_late as integer) as days_late,
        cast(invoice_totals.inv_total - invoice_totals.inv_cost as decimal(18, 2)) as margin,
        case
            when aged_invoices.date_paid is null and aged_invoices.days_late > 0 then 'overdue'
            when aged_invoices.date_paid is null then 'open'
            when aged_invoices.days_late > 0 then 'paid late'
            else 'paid on time'
        end as status
    from aged_invoices
    inner join invoice_totals
        on aged_invoices.invoice_id = invoice_totals.invoice_id

)

select * from valued_invoices
