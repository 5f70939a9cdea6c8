select
    skus.item_id,
    skus.item_name,
    skus.item_description,
    skus.item_cost_price,
    skus.item_retail_price,
    chosen_day.as_of
from {{ ref('stg_trs__skus') }} as skus
cross join {{ ref('int_as_of') }} as chosen_day
