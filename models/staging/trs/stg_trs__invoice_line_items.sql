-- The rejected rows are judged first: beyond max_bad_rows nothing is built from the good ones.
-- depends_on: {{ ref('trs_rejected_rows') }}

select
    invoice_id,
    item_id,
    quantity
from {{ ref('base_trs__invoice_line_items') }}
where reject_reason is null
