{% macro columns_in_database() %}
    {{- return(adapter.dispatch('columns_in_database', 'late_payments')()) -}}
{% endmacro %}

{% macro default__columns_in_database() -%}
    {{ return(run_query(
        "select table_schema, table_name, lower(column_name) as column_name from information_schema.columns"
        ~ " where table_catalog = '" ~ target.database ~ "' order by table_schema, table_name, column_name"
    ).rows) }}
{%- endmacro %}

{#- Iceberg's catalogs have no information_schema; what tables and what views have is told in two ways. -#}
{% macro spark__columns_in_database() -%}
    {%- set found = [] -%}
    {%- for schema in run_query('show schemas').columns[0].values() -%}
        {%- for table in run_query('show table extended in ' ~ schema ~ " like '*'") -%}
            {%- for column in modules.re.findall('(?m)^ \|-- (.*): ', table['information']) -%}
                {%- do found.append((schema, table['tableName'], column | lower)) -%}
            {%- endfor -%}
        {%- endfor -%}
        {%- for view in run_query('show views in ' ~ schema) if not view['isTemporary'] -%}
            {%- for column in adapter.get_columns_in_relation(api.Relation.create(schema=schema, identifier=view['viewName'])) -%}
                {%- do found.append((schema, view['viewName'], column.name | lower)) -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(found | sort) }}
{%- endmacro %}
