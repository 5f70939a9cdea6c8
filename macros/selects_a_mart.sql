{% macro selects_a_mart() %}
    {{ return(published_marts() | selectattr('unique_id', 'in', selected_resources) | list | length > 0) }}
{% endmacro %}
