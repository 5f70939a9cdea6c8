{{ config(materialized='table') }}

with

events as (

    select * from {{ ref('int_invoice_events') }}

),

scores as (

    select * from {{ ref('int_invoice_scores') }}

),

movements as (

    select
        events.event_day,
        scores.risk_grade,
        sum(case when events.event = 'issued' then 1 else 0 end) as invoices_issued,
        sum(case when events.event = 'issued' then events.inv_total else 0 end) as amount_issued,
        sum(case when events.event = 'paid' then 1 else 0 end) as invoices_collected,
        sum(case when events.event = 'paid' then events.inv_total else 0 end) as amount_collected,
        sum(case when events.event = 'paid' then events.is_late else 0 end) as invoices_collected_late,
        sum(case when events.event = 'paid' then events.is_late * events.inv_total else 0 end) as amount_collected_late,
        sum(case when events.event = 'overdue' then 1 else 0 end) as invoices_newly_overdue,
        sum(case when events.event = 'overdue' then events.inv_total else 0 end) as amount_newly_overdue,
        sum(case when events.event = 'due' then 1 else 0 end) as invoices_due,
        sum(case when events.event = 'due' then events.is_late else 0 end) as invoices_due_late,
        sum(events.change_in_open) as change_in_invoices_open,
        sum(events.change_in_open * events.inv_total) as change_in_amount_open,
        sum(events.change_in_overdue) as change_in_invoices_overdue,
        sum(events.change_in_overdue * events.inv_total) as change_in_amount_overdue
    from events
    inner join scores
        on events.invoice_id = scores.invoice_id
    group by
        events.event_day,
        scores.risk_grade

),

daily_movements as (

    select
        event_day,
        risk_grade,
        {%- for name in ['issued', 'collected', 'collected_late', 'newly_overdue'] %}
        cast(invoices_{{ name }} as bigint) as invoices_{{ name }},
        cast(amount_{{ name }} as decimal(18, 2)) as amount_{{ name }},
        {%- endfor %}
        cast(invoices_due as bigint) as invoices_due,
        cast(invoices_due_late as bigint) as invoices_due_late,
        cast(change_in_invoices_open as bigint) as change_in_invoices_open,
        cast(change_in_amount_open as decimal(18, 2)) as change_in_amount_open,
        cast(change_in_invoices_overdue as bigint) as change_in_invoices_overdue,
        cast(change_in_amount_overdue as decimal(18, 2)) as change_in_amount_overdue
    from movements

)

select * from daily_movements
