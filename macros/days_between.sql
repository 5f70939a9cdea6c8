{% macro days_between(first_day, last_day) %}
    {{- return(adapter.dispatch('days_between', 'late_payments')(first_day, last_day)) -}}
{% endmacro %}

{% macro default__days_between(first_day, last_day) -%}
    {{ dbt.datediff(first_day, last_day, 'day') }}
{%- endmacro %}

{#- dbt's own goes by way of timestamps, which costs two casts a row and makes the SQL hard to read. -#}
{% macro duckdb__days_between(first_day, last_day) -%}
    date_diff('day', {{ first_day }}, {{ last_day }})
{%- endmacro %}

{#- dbt's own asks first that no date is null, in a comment of its own. As many digits as on DuckDB. -#}
{% macro spark__days_between(first_day, last_day) -%}
    cast(date_diff({{ last_day }}, {{ first_day }}) as bigint)
{%- endmacro %}
