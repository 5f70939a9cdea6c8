{% macro in_dollars(amount) %}
    {{- return(adapter.dispatch('in_dollars', 'late_payments')(amount)) -}}
{% endmacro %}

{#- As Spark and MySQL spell it. -#}
{% macro default__in_dollars(amount) -%}
    '$' || format_number({{ amount }}, 2)
{%- endmacro %}

{% macro duckdb__in_dollars(amount) -%}
    '$' || format('{:,.2f}', {{ amount }})
{%- endmacro %}
