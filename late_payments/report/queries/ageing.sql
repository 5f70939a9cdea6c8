-- One row per bucket, in their order.
with

amounts as (

    unpivot finance.receivables_ageing_total
    on amount_current, amount_1_to_30, amount_31_to_60, amount_61_to_90, amount_over_90
    into name bucket value amount

),

invoices as (

    unpivot finance.receivables_ageing_total
    on invoices_current, invoices_1_to_30, invoices_31_to_60, invoices_61_to_90, invoices_over_90
    into name bucket value invoices

)

select
    case amounts.bucket
        when 'amount_current' then 'not yet due'
        when 'amount_over_90' then 'over 90 days'
        else replace(replace(amounts.bucket, 'amount_', ''), '_', ' ') || ' days'
    end as bucket,
    invoices.invoices,
    amounts.amount
from amounts
inner join invoices
    on replace(amounts.bucket, 'amount_', '') = replace(invoices.bucket, 'invoices_', '')
order by list_position(
    ['amount_current', 'amount_1_to_30', 'amount_31_to_60', 'amount_61_to_90', 'amount_over_90'], amounts.bucket
)
