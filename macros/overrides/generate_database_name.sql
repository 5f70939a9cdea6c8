{#- In place of dbt's own, only to refuse quotes: the database is named after its file, and dbt-duckdb puts the name
    between quotes as it is. -#}
{% macro duckdb__generate_database_name(custom_database_name, node) %}
    {%- if "'" in target.database or '"' in target.database -%}
        {{ exceptions.raise_compiler_error(
            'The name of the database file must hold no quotes: ' ~ target.path
        ) }}
    {%- endif -%}
    {{ return(custom_database_name or target.database) }}
{% endmacro %}
