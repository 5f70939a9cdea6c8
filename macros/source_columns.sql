{% macro source_columns(table) %}
    {%- set found = graph.sources.values() | selectattr('source_name', 'equalto', 'trs')
        | selectattr('name', 'equalto', table) | first -%}
    {{ return(found.columns.values() | list) }}
{% endmacro %}
