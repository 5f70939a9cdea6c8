{% macro only_on_duckdb(operation, instead) %}
    {%- if target.type != 'duckdb' -%}
        {{ exceptions.raise_compiler_error(
            'The operation ' ~ operation ~ ' is for DuckDB; the target ' ~ target.name ~ ' is ' ~ target.type ~ '. '
            ~ instead
        ) }}
    {%- endif -%}
{% endmacro %}
