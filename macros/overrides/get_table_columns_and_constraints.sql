{#- In place of dbt's own: without the checks, because DuckDB 1.5.5 cannot open a database again whose write-ahead log
    holds a table with them, as that of a killed run may. -#}
{% macro duckdb__get_table_columns_and_constraints() %}
    {%- set columns = {} -%}
    {%- for name, column in model.columns.items() -%}
        {%- set enforced = column.constraints | rejectattr('type', 'equalto', 'check') | list -%}
        {%- do columns.update({name: dict(column, constraints=enforced)}) -%}
    {%- endfor %}
    (
        {{ adapter.render_raw_columns_constraints(raw_columns=columns) | join(',\n        ') }}
    )
{% endmacro %}
