select
    features.inv_id,
    invoices.invoice_id,
    features.inv_total,
    invoices.amount,
    features.is_late,
    invoices.status
from {{ ref('invoice_features') }} as features
full outer join {{ ref('fct_invoices') }} as invoices
    on features.inv_id = invoices.invoice_id
where
    features.inv_id is null
    or invoices.invoice_id is null
    or features.inv_total <> invoices.amount
    or features.inv_items <> invoices.units
    or coalesce(features.is_late, -1) <> case
        when invoices.status in ('paid late', 'overdue') then 1
        when invoices.status = 'paid on time' then 0
        else -1
    end
