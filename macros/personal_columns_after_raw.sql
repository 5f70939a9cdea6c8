{% macro personal_columns_after_raw() %}
    {%- set personal = [] -%}
    {%- for table in graph.sources.values() -%}
        {%- for column in table.columns.values() if column.config.meta.contains_pii -%}
            {%- do personal.append(column.name) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- set found = [] -%}
    {%- for model in graph.nodes.values() if model.resource_type == 'model' -%}
        {%- set relation = adapter.get_relation(model.database, model.schema, model.alias) -%}
        {%- for column in (adapter.get_columns_in_relation(relation) if relation else []) if column.name in personal -%}
            {%- do found.append((model.name, column.name)) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(found) }}
{% endmacro %}
