with

invoices as (

    select
        date_issued,
        date_due,
        date_paid,
        days_late,
        amount,
        as_of
    from {{ ref('fct_invoices') }}

),

movements as (

    -- Issued.
    select
        date_issued as movement_day,
        1 as invoices_issued,
        amount as amount_issued,
        0 as invoices_collected,
        0 as amount_collected,
        0 as invoices_overdue,
        0 as amount_overdue,
        0 as invoices_due,
        0 as invoices_due_late
    from invoices
    union all
    -- Collected, which ends what was overdue.
    select
        date_paid as movement_day,
        0 as invoices_issued,
        0 as amount_issued,
        1 as invoices_collected,
        amount as amount_collected,
        case when days_late > 0 then -1 else 0 end as invoices_overdue,
        case when days_late > 0 then -amount else 0 end as amount_overdue,
        0 as invoices_due,
        0 as invoices_due_late
    from invoices
    where date_paid is not null
    union all
    -- Overdue from the day after the due date.
    select
        {{ days_after('date_due', 1) }} as movement_day,
        0 as invoices_issued,
        0 as amount_issued,
        0 as invoices_collected,
        0 as amount_collected,
        1 as invoices_overdue,
        amount as amount_overdue,
        0 as invoices_due,
        0 as invoices_due_late
    from invoices
    where days_late > 0
    union all
    -- Due. Of the invoices due today only those already paid are known, so none of today counts yet.
    select
        date_due as movement_day,
        0 as invoices_issued,
        0 as amount_issued,
        0 as invoices_collected,
        0 as amount_collected,
        0 as invoices_overdue,
        0 as amount_overdue,
        1 as invoices_due,
        case when days_late > 0 then 1 else 0 end as invoices_due_late
    from invoices
    where date_due < as_of

)

select * from movements
