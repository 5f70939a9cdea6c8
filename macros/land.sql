{% macro land(directory) %}
    {%- set tables = graph.sources.values() | selectattr('source_name', 'equalto', 'trs') | list -%}
    {#- One script, one transaction: after any failure raw is as it was. -#}
    {% set landing %}
        begin;
        {% for table in tables %}
        create schema if not exists {{ adapter.quote(table.schema) }};
        create or replace table {{ source('trs', table.name) }} as
        select {{ table.columns.keys() | join(', ') }}
        from read_csv(
            '{{ directory | replace("'", "''") }}/{{ table.name }}.csv',
            header = true, all_varchar = true, delim = ',', quote = '"', escape = '"'
        );
        {% endfor %}
        commit;
    {% endset %}
    {% do run_query(landing) %}
    {% for table in tables %}
        {%- set rows = run_query('select count(*) from ' ~ source('trs', table.name))[0][0] -%}
        {% do print('landed ' ~ source('trs', table.name) ~ ': ' ~ '{:,}'.format(rows) ~ ' rows') %}
    {% endfor %}
{% endmacro %}
