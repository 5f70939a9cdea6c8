select
    invoice_id,
    item_id,
    quantity
from {{ ref('base_trs__invoice_line_items') }}
where reject_reason is null
