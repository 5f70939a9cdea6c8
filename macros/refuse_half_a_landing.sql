{% macro refuse_half_a_landing() %}
    {#- Each table says which landing it is from; none if something else than land made it. -#}
    {%- set landings = [] -%}
    {%- for table in graph.sources.values() if table.source_name == 'trs'
        and adapter.get_relation(table.database, table.schema, table.identifier) -%}
        {%- set properties = run_query('show tblproperties ' ~ source('trs', table.name)).rows -%}
        {%- do landings.append(properties | selectattr('key', 'equalto', 'landing') | map(attribute='value') | first | default(none)) -%}
    {%- endfor -%}
    {%- if landings | unique | list | length > 1 -%}
        {{ exceptions.raise_compiler_error(
            'The tables in raw are not of one landing: the last one was stopped while it replaced them. Land again, then build.'
        ) }}
    {%- endif -%}
{% endmacro %}
