{% macro raw_relation(table) %}
    {{ return(source('trs', table) if raw_in_use() == 'landed' else ref(table)) }}
{% endmacro %}

{% macro raw_in_use() %}
    {%- set raw = 'landed' if target.name in ['prod', 'spark'] else var('raw') -%}
    {%- if raw not in ['seeds', 'landed'] -%}
        {{ exceptions.raise_compiler_error("The var raw must be seeds or landed, not '" ~ raw ~ "'.") }}
    {%- endif -%}
    {{ return(raw) }}
{% endmacro %}

{% macro source_columns(table) %}
    {%- set found = graph.sources.values() | selectattr('source_name', 'equalto', 'trs')
        | selectattr('name', 'equalto', table) | first -%}
    {{ return(found.columns.values() | list) }}
{% endmacro %}
