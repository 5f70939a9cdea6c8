{% macro raw_relation(table) %}
    {%- set raw = 'landed' if target.name == 'prod' else var('raw') -%}
    {%- if raw == 'landed' -%}
        {{ return(source('trs', table)) }}
    {%- elif raw == 'seeds' -%}
        {{ return(ref(table)) }}
    {%- else -%}
        {{ exceptions.raise_compiler_error("The var raw must be seeds or landed, not '" ~ raw ~ "'.") }}
    {%- endif -%}
{% endmacro %}
