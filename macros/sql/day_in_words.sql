{% macro day_in_words(day) %}
    {{- return(adapter.dispatch('day_in_words', 'late_payments')(day)) -}}
{% endmacro %}

{% macro default__day_in_words(day) -%}
    strftime({{ day }}, '%-d %B %Y')
{%- endmacro %}

{% macro spark__day_in_words(day) -%}
    date_format({{ day }}, 'd MMMM yyyy')
{%- endmacro %}
