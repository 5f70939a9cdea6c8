{% macro days_after(day, days) %}
    {{- return(adapter.dispatch('days_after', 'late_payments')(day, days)) -}}
{% endmacro %}

{#- Not dbt.dateadd, which makes a timestamp of a date, by way of an interval. -#}
{% macro default__days_after(day, days) -%}
    {{ day }} + {{ days }}
{%- endmacro %}

{#- Not dbt.dateadd, which goes by way of seconds and counts them in the session's time zone. -#}
{% macro spark__days_after(day, days) -%}
    date_add({{ day }}, {{ days }})
{%- endmacro %}
