{#- Spark has no transaction over tables: everything is read and checked before the first of them is replaced, each at
    once, and each says which landing it is from. -#}
{% macro spark__land(directory) %}
    {%- if directory is none -%}
        {{ exceptions.raise_compiler_error('On Spark, land reads files: {directory: path of the extracts}.') }}
    {%- endif -%}
    {%- set tables = graph.sources.values() | selectattr('source_name', 'equalto', 'trs') | list -%}
    {%- set rows = {} -%}
    {%- for table in tables -%}
        {%- do rows.update({table.name: landing_view(table, directory ~ '/' ~ table.name ~ '.csv')}) -%}
    {%- endfor -%}
    {%- for table in tables -%}
        {%- do run_query('create schema if not exists ' ~ table.schema) -%}
        {%- do run_query(
            'create or replace table ' ~ table.relation_name ~ " using iceberg tblproperties ('landing' = '"
            ~ invocation_id ~ "') as select " ~ table.columns.keys() | join(', ') ~ ' from landing_' ~ table.name
        ) -%}
        {%- do print('landed ' ~ '{:,}'.format(rows[table.name]) ~ ' rows in ' ~ table.schema ~ '.' ~ table.name) -%}
    {%- endfor -%}
{% endmacro %}

{#- Makes the temporary view landing_<table> over a CSV file, all columns as text, and returns its number of rows.
    Refuses whatever Spark would read as something else. -#}
{% macro landing_view(table, file) %}
    {%- set view = 'landing_' ~ table.name -%}
    {%- set wanted = table.columns.keys() | list -%}
    {#- Spark would put another sign in place of what is not UTF-8, and take a value that does not end for all the
        rest. -#}
    {%- set quotes, not_text = run_query(
        "select coalesce(sum(length(value) - length(replace(value, '\"'))), 0), count_if(not is_valid_utf8(value))"
        ~ ' from text.' ~ adapter.quote(file | replace('`', '``'))
    )[0].values() -%}
    {%- if not_text -%}
        {{ exceptions.raise_compiler_error(file ~ ' is not plain UTF-8 text: ' ~ not_text ~ ' lines are not.') }}
    {%- elif quotes % 2 -%}
        {{ exceptions.raise_compiler_error(
            file ~ ' has an odd number of quotation marks: somewhere a value begins with one and does not end with one.'
        ) }}
    {%- endif -%}
    {%- set options -%}
        path {{ dbt.string_literal(dbt.escape_single_quotes(file)) }},
        header 'true', quote '"', escape '"', multiLine 'true', enforceSchema 'false', columnPruning 'false',
        unescapedQuoteHandling 'RAISE_ERROR', columnNameOfCorruptRecord 'unreadable_line'
    {%- endset -%}
    {%- do run_query('create or replace temporary view ' ~ view ~ ' using csv options (' ~ options ~ ')') -%}
    {%- set header = run_query('describe ' ~ view).columns[0].values() | list -%}
    {#- Of two columns of one name Spark makes two names, so neither is found. -#}
    {%- for column in wanted if column not in header -%}
        {{ exceptions.raise_compiler_error(
            file ~ ' has no column ' ~ column ~ ', or more than one: it must be plain UTF-8 text whose first line'
            ~ ' names ' ~ wanted | join(', ') ~ ', separated by commas.'
        ) }}
    {%- endfor -%}
    {%- set columns = [] -%}
    {%- for column in header -%}
        {%- do columns.append(adapter.quote(column | replace('`', '``')) ~ ' string') -%}
    {%- endfor -%}
    {%- do run_query(
        'create or replace temporary view ' ~ view ~ ' (' ~ columns | join(', ') ~ ', unreadable_line string) using csv'
        ~ ' options (' ~ options ~ ')'
    ) -%}
    {#- The lines themselves are not shown: they may hold personal data. -#}
    {%- set rows, unreadable, example = run_query(
        'select count(*), count(unreadable_line), min(case when unreadable_line is not null then ' ~ wanted[0] ~ ' end)'
        ~ ' from ' ~ view
    )[0].values() -%}
    {%- if unreadable -%}
        {{ exceptions.raise_compiler_error(
            file ~ ': ' ~ unreadable ~ ' lines have more or fewer values than the first line has names, such as the one'
            ~ ' with ' ~ wanted[0] ~ ' ' ~ example ~ '.'
        ) }}
    {%- elif not rows -%}
        {{ exceptions.raise_compiler_error(file ~ ' has no rows, only a header line.') }}
    {%- endif -%}
    {{ return(rows) }}
{% endmacro %}

{% macro refuse_half_a_landing() %}
    {%- set landings = [] -%}
    {%- for table in graph.sources.values() if table.source_name == 'trs'
        and adapter.get_relation(table.database, table.schema, table.identifier) -%}
        {%- set properties = run_query('show tblproperties ' ~ source('trs', table.name)).rows -%}
        {%- set landing = properties | selectattr('key', 'equalto', 'landing') | map(attribute='value') | first -%}
        {#- None if something else than land made the table. -#}
        {%- do landings.append(landing | default(none)) -%}
    {%- endfor -%}
    {%- if landings | unique | list | length > 1 -%}
        {{ exceptions.raise_compiler_error(
            'The tables in raw are not of one landing: the last one was stopped while it replaced them.'
            ~ ' Land again, then build.'
        ) }}
    {%- endif -%}
{% endmacro %}
