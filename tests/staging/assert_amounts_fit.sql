{#- The first amount that is too large for decimal(18, 2). -#}
{%- set limit = '10000000000000000' %}

with

units as (

    select
        item_id,
        cast(sum(quantity) as decimal(18, 0)) as units,
        max(quantity) as largest_quantity
    from {{ ref('stg_trs__invoice_line_items') }}
    group by item_id

),

amounts as (

    select
        skus.item_id,
        units.units,
        units.largest_quantity,
        units.units * cast(greatest(skus.item_retail_price, skus.item_cost_price) as decimal(20, 2)) as amount
    from units
    inner join {{ ref('stg_trs__skus') }} as skus
        on units.item_id = skus.item_id

),

-- Receivables are sums of invoices, so all that was ever sold must fit. The largest amounts are those to look at.
amounts_by_size as (

    select
        *,
        sum(amount) over (
            order by amount, item_id
            rows between unbounded preceding and current row
        ) as amount_so_far
    from amounts

)

select
    item_id,
    units,
    largest_quantity,
    amount
from amounts_by_size
where amount_so_far >= {{ limit }}
