with

row_counts as (

    select
        (select count(*) from {{ ref('stg_trs__invoice_line_items') }}) as rows_in,
        (select count(*) from {{ ref('int_sku_line_items') }}) as rows_out

)

select
    rows_in,
    rows_out
from row_counts
where rows_in <> rows_out
