select
    invoice_id,
    account_id,
    date_issued,
    date_paid
from {{ ref('base_trs__invoices') }}
where reject_reason is null
