select
    known.invoice_id,
    features.inv_id
from {{ ref('int_invoices_as_of') }} as known
full outer join {{ ref('invoice_features') }} as features
    on known.invoice_id = features.inv_id
where known.invoice_id is null or features.inv_id is null
