{% macro postgres_table(mart) %}
    {{ return(adapter.quote(mart.schema) ~ '.' ~ adapter.quote(mart.alias)) }}
{% endmacro %}
