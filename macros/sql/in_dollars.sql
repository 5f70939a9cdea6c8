{% macro in_dollars(amount) %}
    {{- return(adapter.dispatch('in_dollars', 'late_payments')(amount)) -}}
{% endmacro %}

{% macro default__in_dollars(amount) -%}
    '$' || format('{:,.2f}', {{ amount }})
{%- endmacro %}

{% macro spark__in_dollars(amount) -%}
    '$' || format_number({{ amount }}, 2)
{%- endmacro %}
