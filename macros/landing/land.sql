{% macro land(directory=none, source=none) %}
    {%- if (directory is none) == (source is none) or source not in [none, 'mysql'] -%}
        {{ exceptions.raise_compiler_error(
            'land needs to know where from, one of the two: {directory: path of the extracts} or {source: mysql}.'
        ) }}
    {%- endif -%}
    {%- set tables = graph.sources.values() | selectattr('source_name', 'equalto', 'trs') | list -%}
    {%- set rows = adapter.dispatch('land', 'late_payments')(tables, directory, source) -%}
    {%- for table in tables -%}
        {%- do print('landed ' ~ '{:,}'.format(rows[table.name]) ~ ' rows in ' ~ table.schema ~ '.' ~ table.name) -%}
    {%- endfor -%}
{% endmacro %}

{#- The number of rows by table. One transaction: what is refused is rolled back, and raw stays as it was. -#}
{% macro default__land(tables, directory, source) %}
    {%- do create_audit() -%}
    {#- An address may carry a password before the @. -#}
    {%- set origin = 'mysql' if source else 'files in ' ~ modules.re.sub('//[^/]*@', '//', directory) -%}
    {%- do record_event('begun', {
        'command': 'land', 'source': origin, 'is_replay': false,
        'outcome': 'it is still running, or was refused or stopped',
    }) -%}
    {%- do run_query('begin') -%}
    {%- do run_query('create schema if not exists ' ~ adapter.quote(tables[0].schema)) -%}
    {%- if source == 'mysql' -%}
        {%- do land_from_mysql(tables) -%}
    {%- else -%}
        {%- do land_from_files(tables, directory) -%}
    {%- endif -%}
    {%- set rows = {} -%}
    {%- for table in tables -%}
        {%- do rows.update({table.name: run_query('select count(*) from ' ~ table.relation_name)[0][0]}) -%}
        {%- if not rows[table.name] -%}
            {{ exceptions.raise_compiler_error(
                table.name ~ ' has no rows in ' ~ ('MySQL' if source else directory) ~ '.'
            ) }}
        {%- endif -%}
    {%- endfor -%}
    {%- do record_event('ended', {'outcome': 'landed', 'rows_landed': tojson(rows)}) -%}
    {%- do run_query('commit') -%}
    {{ return(rows) }}
{% endmacro %}
