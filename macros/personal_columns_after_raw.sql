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
        {%- for column in model.columns.values() if column.config.meta.contains_pii and column.name not in only_in_raw -%}
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
