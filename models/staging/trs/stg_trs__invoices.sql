-- The rejected rows are judged first: beyond max_bad_rows nothing is built from the good ones.
-- depends_on: {{ ref('trs_rejected_rows') }}

select
    invoice_id,
    account_id,
    date_issued,
    date_paid
from {{ ref('base_trs__invoices') }}
where reject_reason is null
