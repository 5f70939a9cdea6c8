with

line_totals as (

    select
        invoice_id,
        sum(amount) as amount_of_lines,
        sum(cost) as cost_of_lines,
        sum(margin) as margin_of_lines,
        sum(units) as units_of_lines,
        count(*) as line_count
    from {{ ref('fct_invoice_line_items') }}
    group by invoice_id

)

select
    invoices.invoice_id,
    line_totals.amount_of_lines,
    invoices.amount,
    line_totals.cost_of_lines,
    invoices.cost
from {{ ref('fct_invoices') }} as invoices
left join line_totals
    on invoices.invoice_id = line_totals.invoice_id
where
    line_totals.invoice_id is null
    or invoices.amount <> line_totals.amount_of_lines
    or invoices.cost <> line_totals.cost_of_lines
    or invoices.margin <> line_totals.margin_of_lines
    or invoices.units <> line_totals.units_of_lines
    or invoices.lines <> line_totals.line_count
