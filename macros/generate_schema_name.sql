{% macro generate_schema_name(custom_schema_name, node) %}
    {%- set schema = custom_schema_name or target.schema -%}
    {#- Seeds are input: the same on every day. What is made from them as of a past day lives apart. -#}
    {{ return(schema if node.resource_type == 'seed' else schema ~ as_of_suffix()) }}
{% endmacro %}
