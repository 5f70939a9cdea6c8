{% macro mart_columns(mart) %}
    {#- adapter.get_columns_in_relation would open a transaction of its own. -#}
    {%- set columns = {} -%}
    {%- for column in run_query('describe ' ~ api.Relation.create(mart.database, mart.schema, mart.alias)) -%}
        {%- do columns.update({column['column_name']: column['column_type'] | lower}) -%}
    {%- endfor -%}
    {{ return(columns) }}
{% endmacro %}
