with

invoices as (

    select * from {{ ref('int_invoices') }}

),

events as (

    select
        invoice_id,
        account_id,
        'issued' as event,
        date_issued as event_day,
        {{ days_after('date_issued', 1) }} as known_from,
        1 as change_in_open,
        0 as change_in_overdue,
        inv_total,
        inv_lines,
        days_to_pay,
        is_late
    from invoices
    union all
    -- On the due date itself a payment may still come: only the next day knows who was in time.
    select
        invoice_id,
        account_id,
        'due' as event,
        date_due as event_day,
        {{ days_after('date_due', 1) }} as known_from,
        0 as change_in_open,
        0 as change_in_overdue,
        inv_total,
        inv_lines,
        days_to_pay,
        is_late
    from invoices
    where date_due < as_of
    union all
    -- Nobody need enter it: the morning after the due date knows by itself.
    select
        invoice_id,
        account_id,
        'overdue' as event,
        {{ days_after('date_due', 1) }} as event_day,
        {{ days_after('date_due', 1) }} as known_from,
        0 as change_in_open,
        1 as change_in_overdue,
        inv_total,
        inv_lines,
        days_to_pay,
        is_late
    from invoices
    where is_late = 1
    union all
    -- A payment ends what was open, and what was overdue.
    select
        invoice_id,
        account_id,
        'paid' as event,
        date_paid as event_day,
        {{ days_after('date_paid', 1) }} as known_from,
        -1 as change_in_open,
        -is_late as change_in_overdue,
        inv_total,
        inv_lines,
        days_to_pay,
        is_late
    from invoices
    where date_paid is not null

)

select * from events
