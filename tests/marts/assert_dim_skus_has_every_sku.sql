select skus.item_id
from {{ ref('stg_trs__skus') }} as skus
left join {{ ref('dim_skus') }} as dimension
    on skus.item_id = dimension.item_id
where dimension.item_id is null
