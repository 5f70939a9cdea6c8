-- One row per column of the raw extracts: nulls of all rows, distinct values, smallest and largest as text.
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
        '{{ table }}' as raw_table,
        '{{ column.name }}' as column_name,
        count(*) - count({{ column.name }}) || ' of ' || count(*) as nulls_of_rows,
        count(distinct {{ column.name }}) as distinct_values,
        {{ "'personal'" if is_personal else 'min(' ~ column.name ~ ')' }} as smallest,
        {{ "'personal'" if is_personal else 'max(' ~ column.name ~ ')' }} as largest
    from {{ relation }}
    {% if not (outer.last and loop.last) %}union all{% endif %}
    {%- endfor %}
    {%- endfor %}

)

select * from profile
