select
    item_id,
    item_name,
    item_description,
    item_cost_price,
    item_retail_price
from {{ ref('base_trs__skus') }}
where reject_reason is null
