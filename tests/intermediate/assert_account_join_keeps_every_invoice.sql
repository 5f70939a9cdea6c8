select known.invoice_id
from {{ ref('int_invoices_as_of') }} as known
left join {{ ref('int_account_invoice') }} as joined
    on known.invoice_id = joined.invoice_id
where joined.invoice_id is null
