{% macro from_postgres(query) %}
    {{ return(run_query("select * from postgres_query('published', '" ~ query | replace("'", "''") ~ "')")) }}
{% endmacro %}
