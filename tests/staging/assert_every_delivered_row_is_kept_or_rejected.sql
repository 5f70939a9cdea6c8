{%- set raw_tables = ['accounts', 'skus', 'invoices', 'invoice_line_items'] %}

with

row_counts as (
    {% for raw_table in raw_tables %}
    select
        '{{ raw_table }}' as raw_table,
        (select count(*) from {{ raw_relation(raw_table) }}) as delivered,
        (select count(*) from {{ ref('stg_trs__' ~ raw_table) }}) as kept,
        (
            select count(*) from {{ ref('trs_rejected_rows') }}
            where raw_table = '{{ raw_table }}'
        ) as rejected
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}

)

select
    raw_table,
    delivered,
    kept,
    rejected
from row_counts
where delivered <> kept + rejected
