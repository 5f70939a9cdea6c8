{#- Runs a statement on the server, in the transaction of publish. -#}
{% macro in_postgres(statement) %}
    {%- do run_query("call postgres_execute('published', '" ~ statement | replace("'", "''") ~ "')") -%}
{% endmacro %}

{#- The rows of a query that the server answers, in the transaction of publish. -#}
{% macro from_postgres(query) %}
    {{ return(run_query("select * from postgres_query('published', '" ~ query | replace("'", "''") ~ "')")) }}
{% endmacro %}

{#- Name of the table of a mart, quoted. -#}
{% macro postgres_table(mart) %}
    {{ return(adapter.quote(mart.schema) ~ '.' ~ adapter.quote(mart.alias)) }}
{% endmacro %}
