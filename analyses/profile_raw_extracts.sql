-- One row per column of the raw extracts: rows, nulls, distinct values, smallest and largest as text.
-- Values of personal data are not shown.
-- dbt show --select profile_raw_extracts --limit 100

{% set raw_tables = [
    ('accounts', raw_relation('accounts')),
    ('skus', raw_relation('skus')),
    ('invoices', raw_relation('invoices')),
    ('invoice_line_items', raw_relation('invoice_line_items')),
] %}

with

profile as (
    {% for table, relation in raw_tables %}
    {% set outer = loop %}
    {% for column in (source_columns(table) if execute else []) %}
    {% set is_personal = column.config.meta.contains_pii %}
    select
        '{{ table }}.{{ column.name }}' as raw_column,
        count(*) as row_count,
        count(*) - count({{ column.name }}) as nulls,
        count(distinct {{ column.name }}) as distinct_values,
        {{ "'personal'" if is_personal else 'min(' ~ column.name ~ ')' }} as smallest,
        {{ "'personal'" if is_personal else 'max(' ~ column.name ~ ')' }} as largest
    from {{ relation }}
    {% if not (outer.last and loop.last) %}union all{% endif %}
    {%- endfor %}
    {%- endfor %}

)

select * from profile
