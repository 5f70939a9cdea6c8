select
    invoices.invoice_id,
    invoices.account_id,
    invoices.date_issued,
    invoices.date_paid,
    chosen_day.as_of
from {{ ref('stg_trs__invoices') }} as invoices
cross join {{ ref('int_as_of') }} as chosen_day
