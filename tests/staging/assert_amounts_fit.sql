{#- The first amount that is too large for decimal(18, 2). -#}
{%- set limit = '10000000000000000' %}

with

invoices as (

    select
        line_items.invoice_id,
        sum(
            cast(line_items.quantity as decimal(10, 0))
            * cast(greatest(skus.item_retail_price, skus.item_cost_price) as decimal(20, 2))
        ) as amount
    from {{ ref('stg_trs__invoice_line_items') }} as line_items
    inner join {{ ref('stg_trs__skus') }} as skus
        on line_items.item_id = skus.item_id
    group by line_items.invoice_id

),

-- Receivables are sums of invoices, so all of them together must fit. The largest are those to look at.
invoices_by_amount as (

    select
        invoice_id,
        amount,
        sum(amount) over (
            order by amount, invoice_id
            rows between unbounded preceding and current row
        ) as amount_so_far
    from invoices

)

select
    invoice_id,
    amount
from invoices_by_amount
where amount_so_far >= {{ limit }}
