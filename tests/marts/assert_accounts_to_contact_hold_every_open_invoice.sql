with

open_values as (

    select
        invoices.account_id,
        sum(invoice_totals.inv_total) as value_of_invoices
    from {{ ref('int_invoices_as_of') }} as invoices
    inner join {{ ref('int_invoice_totals') }} as invoice_totals
        on invoices.invoice_id = invoice_totals.invoice_id
    where invoices.date_paid is null
    group by invoices.account_id

)

select
    open_values.account_id as account_of_invoices,
    open_values.value_of_invoices,
    listed.account_id as account_on_list,
    listed.value_open as value_on_list
from open_values
full outer join {{ ref('accounts_to_contact') }} as listed
    on open_values.account_id = listed.account_id
where
    open_values.account_id is null
    or listed.account_id is null
    or open_values.value_of_invoices <> listed.value_open
