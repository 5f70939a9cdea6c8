{% macro run_statements(statements) %}
    {{- return(adapter.dispatch('run_statements', 'late_payments')(statements)) -}}
{% endmacro %}

{#- All at once: dbt takes as long for each query of a macro as DuckDB for all of them. -#}
{% macro default__run_statements(statements) %}
    {%- do run_query(statements | join('\n;\n')) -%}
{% endmacro %}

{#- It takes one at a time. -#}
{% macro spark__run_statements(statements) %}
    {%- for statement in statements -%}
        {%- do run_query(statement) -%}
    {%- endfor -%}
{% endmacro %}
