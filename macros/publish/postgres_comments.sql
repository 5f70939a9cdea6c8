{#- Statements that give published tables and columns the descriptions of the marts where they differ. -#}
{% macro postgres_comments(marts) %}
    {%- set published = {} -%}
    {%- set query -%}
        select nspname, relname, attname, description
        from pg_description
        inner join pg_class on pg_class.oid = objoid and classoid = 'pg_class'::regclass
        inner join pg_namespace on pg_namespace.oid = relnamespace
        left join pg_attribute on attrelid = objoid and attnum = objsubid and attnum > 0
    {%- endset -%}
    {%- for schema, table, column, comment in from_postgres(query).rows -%}
        {%- do published.update({(schema, table, column): comment}) -%}
    {%- endfor -%}
    {%- set comments = [] -%}
    {%- for mart in marts -%}
        {%- set table = postgres_table(mart) -%}
        {%- if published.get((mart.schema, mart.alias, none)) != mart.description -%}
            {%- do comments.append('comment on table ' ~ table ~ ' is ' ~ postgres_text(mart.description)) -%}
        {%- endif -%}
        {%- for column in mart.columns.values()
            if published.get((mart.schema, mart.alias, column.name)) != column.description -%}
            {%- set name = table ~ '.' ~ adapter.quote(column.name) -%}
            {%- do comments.append('comment on column ' ~ name ~ ' is ' ~ postgres_text(column.description)) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(comments) }}
{% endmacro %}

{#- A text as SQL. -#}
{% macro postgres_text(text) -%}
    {{ dbt.string_literal(dbt.escape_single_quotes(text)) }}
{%- endmacro %}
