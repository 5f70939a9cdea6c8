with

invoices as (

    select * from {{ ref('int_invoices') }}

),

invoices_for_finance as (

    select
        invoice_id,
        account_id,
        date_issued,
        date_due,
        date_paid,
        days_to_pay,
        days_late,
        inv_total as amount,
        inv_cost as cost,
        inv_items as units,
        inv_lines as lines,
        as_of,
        cast(inv_total - inv_cost as decimal(18, 2)) as margin,
        case
            when date_paid is null and days_late > 0 then 'overdue'
            when date_paid is null then 'open'
            when days_late > 0 then 'paid late'
            else 'paid on time'
        end as status
    from invoices

)

select * from invoices_for_finance
