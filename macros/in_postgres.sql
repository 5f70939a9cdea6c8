{% macro in_postgres(statement) %}
    {% do run_query("call postgres_execute('published', '" ~ statement | replace("'", "''") ~ "')") %}
{% endmacro %}
