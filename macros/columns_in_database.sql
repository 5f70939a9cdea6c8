{% macro columns_in_database() %}
    {{- return(adapter.dispatch('columns_in_database', 'late_payments')()) -}}
{% endmacro %}

{% macro default__columns_in_database() -%}
    {{ return(run_query(
        "select table_schema, table_name, lower(column_name) as column_name from information_schema.columns"
        ~ " where table_catalog = '" ~ target.database ~ "' order by table_schema, table_name, column_name"
    ).rows) }}
{%- endmacro %}
