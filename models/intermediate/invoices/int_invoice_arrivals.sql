with

invoices as (

    select * from {{ ref('int_invoices') }}

),

arrivals as (

    select * from {{ ref('stg_stream__invoice_arrivals') }}

),

invoices_with_hours as (

    -- A payment does not come before its invoice. greatest passes over nulls.
    select
        invoices.invoice_id,
        invoices.account_id,
        invoices.date_paid,
        invoices.inv_total,
        invoices.is_late,
        {{ dbt.date_trunc('hour', 'arrivals.entered_at') }} as hour_entered,
        {{ dbt.date_trunc('hour', 'greatest(arrivals.entered_at, arrivals.payment_entered_at)') }} as hour_paid
    from invoices
    inner join arrivals
        on invoices.invoice_id = arrivals.invoice_id

),

invoice_arrivals as (

    select
        invoice_id,
        account_id,
        'issued' as event,
        hour_entered as hour_start,
        inv_total,
        is_late
    from invoices_with_hours
    where hour_entered is not null
    union all
    select
        invoice_id,
        account_id,
        'paid' as event,
        hour_paid as hour_start,
        inv_total,
        is_late
    from invoices_with_hours
    where date_paid is not null

)

select * from invoice_arrivals
