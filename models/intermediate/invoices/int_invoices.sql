{{ config(materialized='table') }}

with

invoices as (

    select * from {{ ref('int_account_invoice') }}

),

line_items as (

    select * from {{ ref('int_sku_line_items') }}

),

totals as (

    select
        invoice_id,
        cast(sum(line_total) as decimal(18, 2)) as inv_total,
        cast(sum(line_cost) as decimal(18, 2)) as inv_cost,
        cast(sum(quantity) as bigint) as inv_items,
        count(*) as inv_lines
    from line_items
    group by invoice_id

),

invoices_with_due_date as (

    select
        *,
        {{ date_due('date_issued') }} as date_due
    from invoices

),

aged_invoices as (

    select
        *,
        cast({{ days_between('date_issued', 'date_paid') }} as integer) as days_to_pay,
        -- An unpaid invoice has been open until the day it is looked at.
        cast(
            greatest({{ days_between('date_due', 'coalesce(date_paid, as_of)') }}, 0) as integer
        ) as days_late
    from invoices_with_due_date

),

decided_invoices as (

    select
        aged_invoices.invoice_id,
        aged_invoices.account_id,
        aged_invoices.joining_date,
        aged_invoices.date_issued,
        aged_invoices.date_due,
        aged_invoices.date_paid,
        aged_invoices.as_of,
        aged_invoices.days_to_pay,
        aged_invoices.days_late,
        case
            when aged_invoices.days_late > 0 then 1
            when aged_invoices.date_paid is not null then 0
        end as is_late,
        case
            when aged_invoices.days_late > 0 then {{ days_after('aged_invoices.date_due', 1) }}
            else aged_invoices.date_paid
        end as date_outcome,
        totals.inv_total,
        totals.inv_cost,
        totals.inv_items,
        totals.inv_lines
    from aged_invoices
    inner join totals
        on aged_invoices.invoice_id = totals.invoice_id

)

select * from decided_invoices
