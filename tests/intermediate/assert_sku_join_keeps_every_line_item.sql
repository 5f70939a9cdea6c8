with

known_line_items as (

    select line_items.invoice_id
    from {{ ref('stg_trs__invoice_line_items') }} as line_items
    inner join {{ ref('int_account_invoice') }} as invoices
        on line_items.invoice_id = invoices.invoice_id

),

row_counts as (

    select
        (select count(*) from known_line_items) as rows_in,
        -- Counted from the join, which need not be made once more.
        (select coalesce(sum(inv_lines), 0) from {{ ref('int_invoices') }}) as rows_out

)

select
    rows_in,
    rows_out
from row_counts
where rows_in <> rows_out
