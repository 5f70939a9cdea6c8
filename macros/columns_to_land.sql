{% macro columns_to_land(table) %}
    {%- set columns = [] -%}
    {%- for column in table.columns.values() if not column.config.meta.stays_in_raw -%}
        {%- do columns.append(column.name) -%}
    {%- endfor -%}
    {{ return(columns) }}
{% endmacro %}
