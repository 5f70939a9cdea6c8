{% macro land(directory=none, source=none) %}
    {%- if (directory is none) == (source is none) or source not in [none, 'mysql'] -%}
        {{ exceptions.raise_compiler_error(
            'land needs to know where from, one of the two: {directory: path of the extracts} or {source: mysql}.'
        ) }}
    {%- endif -%}
    {{- adapter.dispatch('land', 'late_payments')(directory, source) -}}
{% endmacro %}

{% macro default__land(directory, source) %}
    {%- set tables = graph.sources.values() | selectattr('source_name', 'equalto', 'trs') | list -%}
    {#- One transaction: what is refused below is rolled back, and raw stays as it was. -#}
    {% do run_query('begin') %}
    {% do run_query('create schema if not exists ' ~ adapter.quote(tables[0].schema)) %}
    {% if source == 'mysql' %}
        {% do land_from_mysql(tables) %}
    {% else %}
        {% do land_from_files(tables, directory) %}
    {% endif %}
    {%- set landed = [] -%}
    {% for table in tables %}
        {%- set rows = run_query('select count(*) from ' ~ table.relation_name)[0][0] -%}
        {%- if rows == 0 -%}
            {{ exceptions.raise_compiler_error(
                table.name ~ ' has no rows ' ~ ('in MySQL.' if source else 'in ' ~ directory ~ '.')
            ) }}
        {%- endif -%}
        {%- do landed.append('landed ' ~ '{:,}'.format(rows) ~ ' rows in ' ~ table.schema ~ '.' ~ table.name) -%}
    {% endfor %}
    {% do run_query('commit') %}
    {% do print(landed | join('\n')) %}
{% endmacro %}

{#- Spark has no transaction over tables: everything is read and checked before the first of them is replaced, each at
    once, and each says which landing it is from (see refuse_half_a_landing). -#}
{% macro spark__land(directory, source) %}
    {%- if source -%}
        {{ exceptions.raise_compiler_error('On Spark, land reads files: {directory: path of the extracts}.') }}
    {%- endif -%}
    {%- set tables = graph.sources.values() | selectattr('source_name', 'equalto', 'trs') | list -%}
    {%- set landed = [] -%}
    {% for table in tables %}
        {%- set rows = spark_landing_view(table, directory ~ '/' ~ table.name ~ '.csv') -%}
        {%- do landed.append('landed ' ~ '{:,}'.format(rows) ~ ' rows in ' ~ table.schema ~ '.' ~ table.name) -%}
    {% endfor %}
    {% for table in tables %}
        {% do run_query('create schema if not exists ' ~ table.schema) %}
        {% do run_query(
            'create or replace table ' ~ table.relation_name ~ " using iceberg tblproperties ('landing' = '"
            ~ invocation_id ~ "') as select " ~ table.columns.keys() | join(', ') ~ ' from landing_' ~ table.name
        ) %}
    {% endfor %}
    {% do print(landed | join('\n')) %}
{% endmacro %}
