select invoices.invoice_id
from {{ ref('stg_trs__invoices') }} as invoices
left join {{ ref('stg_trs__invoice_line_items') }} as line_items
    on invoices.invoice_id = line_items.invoice_id
where line_items.invoice_id is null
