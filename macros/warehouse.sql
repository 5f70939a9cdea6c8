{% macro warehouse() %}
    {{- return(adapter.dispatch('warehouse', 'late_payments')()) -}}
{% endmacro %}

{% macro default__warehouse() %}
    {{ return(target.path) }}
{% endmacro %}

{% macro spark__warehouse() %}
    {{ return("Spark's catalog " ~ run_query('select current_catalog()')[0][0]) }}
{% endmacro %}
