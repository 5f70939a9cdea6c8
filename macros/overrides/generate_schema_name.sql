{#- In place of dbt's own, which puts the target's schema in front. -#}
{% macro generate_schema_name(custom_schema_name, node) %}
    {%- set schema = custom_schema_name or target.schema -%}
    {%- if node.resource_type == 'seed' -%}
        {#- Input: the same on every day. -#}
        {{ return(schema) }}
    {%- elif node.resource_type == 'snapshot' -%}
        {{ return(history_schema(schema)) }}
    {%- else -%}
        {#- What is made as of a past day lives apart. -#}
        {{ return(schema ~ as_of_suffix()) }}
    {%- endif -%}
{% endmacro %}
