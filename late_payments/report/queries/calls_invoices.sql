-- Of each of the first accounts the invoices that are overdue or due within 7 days, the oldest first, and how many there are.
with

invoices_to_call_for as (

    select
        invoices.account_id,
        invoices.invoice_id,
        invoices.date_due,
        invoices.days_late,
        invoices.amount,
        row_number() over (
            partition by invoices.account_id order by invoices.date_due, invoices.invoice_id
        ) as place,
        count(*) over (partition by invoices.account_id) as number_in_all
    from finance.fct_invoices as invoices
    inner join branch.accounts_to_contact as calls
        on invoices.account_id = calls.account_id
    where
        calls.contact_rank <= $top
        and (
            invoices.status = 'overdue'
            or (invoices.status = 'open' and invoices.date_due < invoices.as_of + 7)
        )

)

select *
from invoices_to_call_for
where place <= 5
order by
    account_id,
    place
