-- The history of this table waits for the tests of all four: a fault in any of them keeps the delivery out of it.
-- depends_on: {{ ref('stg_trs__accounts') }}
-- depends_on: {{ ref('stg_trs__invoices') }}
-- depends_on: {{ ref('stg_trs__invoice_line_items') }}

select
    skus.item_id,
    skus.item_name,
    skus.item_description,
    skus.item_cost_price,
    skus.item_retail_price,
    chosen_day.as_of
from {{ ref('stg_trs__skus') }} as skus
cross join {{ ref('int_as_of') }} as chosen_day
