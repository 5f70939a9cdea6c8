-- The history of this table waits for the tests of all four: a fault in any of them keeps the delivery out of it.
-- depends_on: {{ ref('stg_trs__accounts') }}
-- depends_on: {{ ref('stg_trs__skus') }}
-- depends_on: {{ ref('stg_trs__invoice_line_items') }}

select
    invoices.invoice_id,
    invoices.account_id,
    invoices.date_issued,
    invoices.date_paid,
    chosen_day.as_of
from {{ ref('stg_trs__invoices') }} as invoices
cross join {{ ref('int_as_of') }} as chosen_day
