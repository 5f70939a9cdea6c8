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
        (select count(*) from {{ ref('int_sku_line_items') }}) as rows_out

)

select
    rows_in,
    rows_out
from row_counts
where rows_in <> rows_out
