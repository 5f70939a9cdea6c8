{% macro columns_in_database() %}
    {{- return(adapter.dispatch('columns_in_database', 'late_payments')()) -}}
{% endmacro %}

{% macro default__columns_in_database() -%}
    {{ return(run_query(
        "select table_schema, table_name, lower(column_name) as column_name from information_schema.columns"
        ~ " where table_catalog = '" ~ target.database ~ "' order by table_schema, table_name, column_name"
    ).rows) }}
{%- endmacro %}

{#- Iceberg's catalogs have no information_schema. The failures of tests that run meanwhile are left out: their tables come
    and go, and one that is gone by the time it is described ends in an error. They have the same columns on DuckDB. -#}
{% macro spark__columns_in_database() -%}
    {%- set tests = graph.nodes.values() | selectattr('resource_type', 'equalto', 'test') | map(attribute='alias') | list -%}
    {%- set found = [] -%}
    {%- for schema in run_query('show schemas').columns[0].values() -%}
        {%- set tables = run_query('show tables in ' ~ schema).rows | rejectattr('isTemporary') | map(attribute='tableName') -%}
        {%- set views = run_query('show views in ' ~ schema).rows | rejectattr('isTemporary') | map(attribute='viewName') -%}
        {%- for name in (tables | list) + (views | list) if name not in tests -%}
            {%- for column in adapter.get_columns_in_relation(api.Relation.create(schema=schema, identifier=name)) -%}
                {%- do found.append((schema, name, column.name | lower)) -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(found | sort) }}
{%- endmacro %}
