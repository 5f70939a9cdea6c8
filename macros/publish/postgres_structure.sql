{#- Statements that create the schemas, tables and columns that PostgreSQL lacks. Refuses any other change of columns,
    because a view of somebody may need the old ones. -#}
{% macro postgres_structure(marts) %}
    {%- set schemas = from_postgres('select nspname from pg_namespace').columns[0].values() -%}
    {%- set published = {} -%}
    {%- set query -%}
        select nspname, relname, attname, format_type(atttypid, atttypmod)
        from pg_class
        inner join pg_namespace on pg_namespace.oid = relnamespace
        left join pg_attribute on attrelid = pg_class.oid and attnum > 0 and not attisdropped
    {%- endset -%}
    {%- for schema, table, column, type in from_postgres(query).rows -%}
        {%- do published.setdefault(schema ~ '.' ~ table, {}).update({column: type}) -%}
    {%- endfor -%}
    {%- set additions, refusals = [], [] -%}
    {%- for schema in marts | map(attribute='schema') | unique if schema not in schemas -%}
        {%- do additions.append('create schema ' ~ adapter.quote(schema)) -%}
    {%- endfor -%}
    {%- for mart in marts -%}
        {%- set name = mart.schema ~ '.' ~ mart.alias -%}
        {%- set table = postgres_table(mart) -%}
        {%- if name not in published -%}
            {%- do additions.append('create table ' ~ table ~ ' ()') -%}
        {%- endif -%}
        {%- set old, new = published.get(name, {}), {} -%}
        {%- for column, duckdb_type in mart_columns(mart).items() -%}
            {%- set type = postgres_type(duckdb_type, name ~ '.' ~ column) -%}
            {%- do new.update({column: type}) -%}
            {%- if column not in old -%}
                {%- set definition = adapter.quote(column) ~ ' ' ~ type -%}
                {%- do additions.append('alter table ' ~ table ~ ' add column ' ~ definition) -%}
            {%- elif old[column] != type -%}
                {%- do refusals.append(
                    name ~ '.' ~ column ~ ' is ' ~ old[column] ~ ' in PostgreSQL and would become ' ~ type
                ) -%}
            {%- endif -%}
        {%- endfor -%}
        {%- for column in old if column not in new -%}
            {%- do refusals.append(name ~ '.' ~ column ~ ' is in PostgreSQL and no longer in the mart') -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- if refusals -%}
        {{ exceptions.raise_compiler_error(
            'What others built on the published tables would break, so nothing was published:\n- '
            ~ refusals | join('\n- ')
        ) }}
    {%- endif -%}
    {{ return(additions) }}
{% endmacro %}

{#- The type of PostgreSQL for one of DuckDB, as PostgreSQL's format_type writes it. Refuses any other. -#}
{% macro postgres_type(type, column) %}
    {%- set types = {
        'bigint': 'bigint',
        'boolean': 'boolean',
        'date': 'date',
        'double': 'double precision',
        'integer': 'integer',
        'timestamp': 'timestamp without time zone',
        'varchar': 'text',
    } -%}
    {%- if type in types -%}
        {{ return(types[type]) }}
    {%- elif type.startswith('decimal') -%}
        {{ return(type | replace('decimal', 'numeric')) }}
    {%- endif -%}
    {{ exceptions.raise_compiler_error(
        column ~ ' is of type ' ~ type
        ~ ', for which postgres_type names no type of PostgreSQL. Nothing was published.'
    ) }}
{% endmacro %}
