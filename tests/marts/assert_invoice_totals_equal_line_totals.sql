with

line_totals as (

    select
        invoices.account_id,
        sum(line_items.quantity * line_items.item_retail_price) as value_of_lines,
        sum(line_items.quantity) as units_of_lines
    from {{ ref('int_sku_line_items') }} as line_items
    inner join {{ ref('int_invoices_as_of') }} as invoices
        on line_items.invoice_id = invoices.invoice_id
    group by invoices.account_id

),

invoice_totals as (

    select
        acct_id as account_id,
        sum(inv_total) as value_of_invoices,
        sum(inv_items) as units_of_invoices
    from {{ ref('invoice_features') }}
    group by acct_id

),

by_account as (

    select
        coalesce(line_totals.account_id, invoice_totals.account_id) as account_id,
        coalesce(line_totals.value_of_lines, 0) as value_of_lines,
        coalesce(invoice_totals.value_of_invoices, 0) as value_of_invoices,
        coalesce(line_totals.units_of_lines, 0) as units_of_lines,
        coalesce(invoice_totals.units_of_invoices, 0) as units_of_invoices
    from line_totals
    full outer join invoice_totals
        on line_totals.account_id = invoice_totals.account_id

),

by_account_and_overall as (

    select
        account_id,
        sum(value_of_lines) as value_of_lines,
        sum(value_of_invoices) as value_of_invoices,
        sum(units_of_lines) as units_of_lines,
        sum(units_of_invoices) as units_of_invoices
    from by_account
    group by rollup(account_id)

)

select *
from by_account_and_overall
where
    value_of_lines <> value_of_invoices
    or units_of_lines <> units_of_invoices
