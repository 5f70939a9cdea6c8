{% macro days_between(first_day, last_day) %}
    {{- return(adapter.dispatch('days_between', 'late_payments')(first_day, last_day)) -}}
{% endmacro %}

{#- Not dbt.datediff, which goes by way of timestamps: two casts a row, and SQL that is hard to read. -#}
{% macro default__days_between(first_day, last_day) -%}
    date_diff('day', {{ first_day }}, {{ last_day }})
{%- endmacro %}

{#- Not dbt.datediff, which asks first that no date is null, in a comment of its own. As many digits as on DuckDB. -#}
{% macro spark__days_between(first_day, last_day) -%}
    cast(date_diff({{ last_day }}, {{ first_day }}) as bigint)
{%- endmacro %}
