{%- set terms = whole_number_var('payment_terms_days') %}

with

invoices as (

    select
        invoice_id,
        account_id,
        date_issued,
        date_paid,
        {{ days_between('date_issued', 'date_paid') }} as days_to_pay
    from {{ ref('int_invoices_as_of') }}

),

invoice_totals as (

    select
        invoice_id,
        inv_total
    from {{ ref('int_invoice_totals') }}

),

valued_invoices as (

    select
        invoices.account_id,
        invoices.date_issued,
        invoices.date_paid,
        invoices.days_to_pay,
        invoice_totals.inv_total
    from invoices
    inner join invoice_totals
        on invoices.invoice_id = invoice_totals.invoice_id

),

receivable_events as (

    -- Nothing happens: the day from which an invoice looks back.
    select
        account_id,
        date_issued as known_from,
        0 as inv_open,
        0 as value_open,
        0 as inv_overdue,
        0 as value_overdue,
        cast(null as date) as date_paid,
        cast(null as bigint) as days_to_pay
    from valued_invoices
    union all
    -- Issued: what happens on a day is known from the next one on.
    select
        account_id,
        {{ days_after('date_issued', 1) }} as known_from,
        1 as inv_open,
        inv_total as value_open,
        0 as inv_overdue,
        0 as value_overdue,
        null as date_paid,
        null as days_to_pay
    from valued_invoices
    union all
    -- Overdue: the first day after the terms shows it by itself.
    select
        account_id,
        {{ days_after('date_issued', terms + 1) }} as known_from,
        0 as inv_open,
        0 as value_open,
        1 as inv_overdue,
        inv_total as value_overdue,
        null as date_paid,
        null as days_to_pay
    from valued_invoices
    where date_paid is null or days_to_pay > {{ terms }}
    union all
    -- Paid.
    select
        account_id,
        {{ days_after('date_paid', 1) }} as known_from,
        -1 as inv_open,
        -inv_total as value_open,
        case when days_to_pay > {{ terms }} then -1 else 0 end as inv_overdue,
        case when days_to_pay > {{ terms }} then -inv_total else 0 end as value_overdue,
        date_paid,
        days_to_pay
    from valued_invoices
    where date_paid is not null

)

select * from receivable_events
