{% macro raw_in_use() %}
    {%- set raw = 'landed' if target.name in ['prod', 'spark'] else var('raw') -%}
    {%- if raw not in ['seeds', 'landed'] -%}
        {{ exceptions.raise_compiler_error("The var raw must be seeds or landed, not '" ~ raw ~ "'.") }}
    {%- endif -%}
    {{ return(raw) }}
{% endmacro %}
