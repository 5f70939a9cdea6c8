{% macro land(directory) %}
    {%- set tables = graph.sources.values() | selectattr('source_name', 'equalto', 'trs') | list -%}
    {#- One transaction: what is refused below is rolled back, and raw stays as it was. -#}
    {% do run_query('begin') %}
    {% for table in tables %}
        {%- set file = directory ~ '/' ~ table.name ~ '.csv' -%}
        {%- set header = csv_header(file, table.columns.keys() | list) -%}
        {% do run_query('create schema if not exists ' ~ adapter.quote(table.schema)) %}
        {% do run_query(
            'create or replace table ' ~ source('trs', table.name)
            ~ ' as select ' ~ table.columns.keys() | join(', ') ~ ' from ' ~ csv_rows(file, header)
        ) %}
    {% endfor %}
    {% do refuse_unreadable_lines() %}
    {%- set landed = [] -%}
    {% for table in tables %}
        {%- set rows = run_query('select count(*) from ' ~ source('trs', table.name))[0][0] -%}
        {%- if rows == 0 -%}
            {{ exceptions.raise_compiler_error(directory ~ '/' ~ table.name ~ '.csv has no rows, only a header line.') }}
        {%- endif -%}
        {%- do landed.append('landed ' ~ '{:,}'.format(rows) ~ ' rows in ' ~ table.schema ~ '.' ~ table.name) -%}
    {% endfor %}
    {% do run_query('commit') %}
    {% do print(landed | join('\n')) %}
{% endmacro %}
