{% macro raw_relation(table) %}
    {{ return(source('trs', table) if raw_in_use() == 'landed' else ref(table)) }}
{% endmacro %}
