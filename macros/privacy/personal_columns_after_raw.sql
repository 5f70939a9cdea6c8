{% macro personal_columns_after_raw() %}
    {%- set personal, only_in_raw, raw, allowed, found = [], [], [], [], [] -%}
    {%- for table in graph.sources.values() -%}
        {#- Seeds of an earlier build stay where they are, though landed data are in use now. -#}
        {%- do raw.extend([[table.schema, table.identifier], ['seeds', table.name]]) -%}
        {%- for column in table.columns.values() if column.config.meta.contains_pii -%}
            {%- do personal.append(column.name) -%}
            {%- do only_in_raw.append(column.name) if column.config.meta.stays_in_raw -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- for model in graph.nodes.values() if model.resource_type == 'model' and model.config.group == 'branch' -%}
        {%- for column in model.columns.values()
            if column.config.meta.contains_pii and column.name not in only_in_raw -%}
            {%- do allowed.append([model.config.schema, model.alias, column.name]) -%}
        {%- endfor -%}
    {%- endfor -%}
    {#- Whatever is in the database, made by this run or not: tables of earlier runs, snapshots, kept test failures. -#}
    {%- for schema, table, column in columns_in_database() if column in personal and [schema, table] not in raw -%}
        {#- A replay has the same relations in a schema with a suffix. -#}
        {%- if [modules.re.sub('_asof_[0-9]{8}$', '', schema), table, column] not in allowed -%}
            {%- do found.append((schema ~ '.' ~ table, column)) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(found) }}
{% endmacro %}

{#- Rows of schema, relation and column, its name in lower case, of everything in the target's database. -#}
{% macro columns_in_database() %}
    {{- return(adapter.dispatch('columns_in_database', 'late_payments')()) -}}
{% endmacro %}

{% macro default__columns_in_database() -%}
    {{ return(run_query(
        "select table_schema, table_name, lower(column_name) as column_name from information_schema.columns"
        ~ " where table_catalog = '" ~ target.database ~ "' order by table_schema, table_name, column_name"
    ).rows) }}
{%- endmacro %}

{#- Iceberg's catalogs have no information_schema. -#}
{% macro spark__columns_in_database() -%}
    {%- set found = [] -%}
    {%- for schema in run_query('show schemas').columns[0].values() -%}
        {%- set tables = run_query('show tables in ' ~ schema).rows | rejectattr('isTemporary') -%}
        {%- set views = run_query('show views in ' ~ schema).rows | rejectattr('isTemporary') -%}
        {%- set names = tables | map(attribute='tableName') | list + views | map(attribute='viewName') | list -%}
        {%- for name in names -%}
            {%- for column in adapter.get_columns_in_relation(api.Relation.create(schema=schema, identifier=name)) -%}
                {%- do found.append((schema, name, column.name | lower)) -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(found | sort) }}
{%- endmacro %}
