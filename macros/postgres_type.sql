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
