{% macro refuse_half_a_landing() %}
    {#- Spark replaces one table at a time. Each says which landing it is from, so that one that was stopped shows. -#}
    {%- set landings = {} -%}
    {%- for table in graph.sources.values() if table.source_name == 'trs'
        and adapter.get_relation(table.database, table.schema, table.identifier) -%}
        {%- do landings.update({
            table.name: run_query('show tblproperties ' ~ source('trs', table.name) ~ " ('landing')")[0][1]
        }) -%}
    {%- endfor -%}
    {%- if landings.values() | unique | list | length > 1 -%}
        {{ exceptions.raise_compiler_error(
            'The tables in raw are not of one landing: the last one was stopped while it replaced them. Land again, then build.'
        ) }}
    {%- endif -%}
{% endmacro %}
