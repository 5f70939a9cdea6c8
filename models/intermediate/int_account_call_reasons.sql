with

open_invoices as (

    select
        account_id,
        num_inv_open,
        value_open,
        num_inv_overdue,
        value_overdue,
        {{ days_between('oldest_overdue_day', 'as_of') }} as days_overdue,
        num_inv_due_7d,
        value_due_7d
    from {{ ref('int_account_open_invoices') }}

),

payment_record as (

    select
        account_id,
        case
            when num_inv_late > 0
                then
                    ', and ' || num_inv_late || ' of ' || {{ counted('num_inv_known', 'earlier invoice') }}
                    || case when num_inv_late = 1 then ' was' else ' were' end || ' late.'
            else '.'
        end as record
    from {{ ref('int_account_payment_record') }}

),

reasons as (

    select
        open_invoices.account_id,
        case
            when open_invoices.num_inv_overdue = 1
                then
                    '1 invoice worth ' || {{ in_dollars('open_invoices.value_overdue') }}
                    || ' is past its due date, by ' || {{ counted('open_invoices.days_overdue', 'day') }} || '.'
            when open_invoices.num_inv_overdue > 1
                then
                    open_invoices.num_inv_overdue || ' invoices worth '
                    || {{ in_dollars('open_invoices.value_overdue') }}
                    || ' are past their due date, the oldest by '
                    || {{ counted('open_invoices.days_overdue', 'day') }} || '.'
            when open_invoices.num_inv_due_7d > 0
                then
                    {{ counted('open_invoices.num_inv_due_7d', 'invoice') }}
                    || ' worth ' || {{ in_dollars('open_invoices.value_due_7d') }}
                    || case when open_invoices.num_inv_due_7d = 1 then ' falls' else ' fall' end
                    || ' due in the next 7 days' || payment_record.record
            else
                {{ counted('open_invoices.num_inv_open', 'invoice') }}
                || ' worth ' || {{ in_dollars('open_invoices.value_open') }}
                || case when open_invoices.num_inv_open = 1 then ' is' else ' are' end
                || ' open, with nothing due in the next 7 days' || payment_record.record
        end as reason
    from open_invoices
    inner join payment_record
        on open_invoices.account_id = payment_record.account_id

)

select * from reasons
