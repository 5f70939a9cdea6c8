-- The rejected rows are judged first: beyond max_bad_rows nothing is built from the good ones.
-- depends_on: {{ ref('trs_rejected_rows') }}

select
    item_id,
    item_name,
    item_description,
    item_cost_price,
    item_retail_price
from {{ ref('base_trs__skus') }}
where reject_reason is null
