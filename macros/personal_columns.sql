{% macro personal_columns(mart) %}
    {%- set found = [] -%}
    {%- for column in mart.columns.values() if column.config.meta.contains_pii -%}
        {%- do found.append(column.name) -%}
    {%- endfor -%}
    {{ return(found) }}
{% endmacro %}
