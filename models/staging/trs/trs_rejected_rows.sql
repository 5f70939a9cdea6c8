{{ config(materialized='table') }}

{%- for raw_table in ['accounts', 'skus', 'invoices', 'invoice_line_items'] %}
select
    '{{ raw_table }}' as raw_table,
    delivered_key,
    reject_reason,
    delivered_row
from {{ ref('base_trs__' ~ raw_table) }}
where reject_reason is not null
{{ 'union all' if not loop.last }}
{%- endfor %}
