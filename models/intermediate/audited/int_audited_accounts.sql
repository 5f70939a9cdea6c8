-- The history of this table waits for the tests of all four: a fault in any of them keeps the delivery out of it.
-- depends_on: {{ ref('stg_trs__skus') }}
-- depends_on: {{ ref('stg_trs__invoices') }}
-- depends_on: {{ ref('stg_trs__invoice_line_items') }}

select
    accounts.account_id,
    accounts.company_name,
    accounts.joining_date,
    chosen_day.as_of
from {{ ref('stg_trs__accounts') }} as accounts
cross join {{ ref('int_as_of') }} as chosen_day
