{% macro days_after(day, days) %}
    {{- return(adapter.dispatch('days_after', 'late_payments')(day, days)) -}}
{% endmacro %}

{% macro default__days_after(day, days) -%}
    cast({{ dbt.dateadd('day', days, day) }} as date)
{%- endmacro %}

{#- dbt's own makes a timestamp of a date, by way of an interval. -#}
{% macro duckdb__days_after(day, days) -%}
    {{ day }} + {{ days }}
{%- endmacro %}

{#- dbt's own makes a timestamp of a date, by way of seconds, and counts them in the session's time zone. -#}
{% macro spark__days_after(day, days) -%}
    date_add({{ day }}, {{ days }})
{%- endmacro %}
