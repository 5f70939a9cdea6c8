{{ config(materialized='table') }}

{%- set raw_tables = ['accounts', 'skus', 'invoices', 'invoice_line_items'] %}

with

rejected_rows as (
    {% for raw_table in raw_tables %}
    select
        '{{ raw_table }}' as raw_table,
        delivered_key,
        reject_reason,
        delivered_row
    from {{ ref('base_trs__' ~ raw_table) }}
    where reject_reason is not null
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}

)

select * from rejected_rows
