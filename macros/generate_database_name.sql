{% macro duckdb__generate_database_name(custom_database_name, node) %}
    {#- Named after the database file, and put between quotes in SQL that is not this project's. -#}
    {%- if "'" in target.database or '"' in target.database -%}
        {{ exceptions.raise_compiler_error(
            'The name of the database file must hold no quotes: ' ~ target.path
        ) }}
    {%- endif -%}
    {{ return(custom_database_name or target.database) }}
{% endmacro %}
