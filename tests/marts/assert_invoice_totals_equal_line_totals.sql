with

line_totals as (

    select
        invoice_id,
        sum(quantity * item_retail_price) as value_of_lines,
        sum(quantity) as units_of_lines
    from {{ ref('int_sku_line_items') }}
    group by invoice_id

)

select
    features.inv_id,
    features.inv_total,
    line_totals.value_of_lines,
    features.inv_items,
    line_totals.units_of_lines
from {{ ref('invoice_features') }} as features
full outer join line_totals
    on features.inv_id = line_totals.invoice_id
where
    features.inv_id is null
    or line_totals.invoice_id is null
    or features.inv_total <> line_totals.value_of_lines
    or features.inv_items <> line_totals.units_of_lines
