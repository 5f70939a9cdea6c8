{%- set terms = whole_number_var('payment_terms_days') %}

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

invoice_features as (

    select
        inv_id,
        inv_total,
        is_late
    from {{ ref('invoice_features') }}

),

outcomes as (

    select
        invoices.invoice_id,
        invoices.account_id,
        invoices.date_issued,
        {{ days_after('invoices.date_issued', terms) }} as date_due,
        invoices.date_paid,
        {{ days_between('invoices.date_issued', 'invoices.date_paid') }} as days_to_pay,
        invoices.as_of,
        invoice_features.inv_total,
        invoice_features.is_late,
        case
            when invoice_features.is_late = 1 then {{ days_after('invoices.date_issued', terms + 1) }}
            when invoice_features.is_late = 0 then invoices.date_paid
        end as date_known
    from invoices
    inner join invoice_features
        on invoices.invoice_id = invoice_features.inv_id

)

select * from outcomes
