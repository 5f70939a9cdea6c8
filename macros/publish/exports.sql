{#- Files are written to a directory of their own, which then takes the place of the one before. -#}
{% macro export_build(build) %}
    {{- return(adapter.dispatch('export_build', 'late_payments')(build)) -}}
{% endmacro %}

{#- Iceberg tables are files that anyone may read, whole while they are replaced. -#}
{% macro spark__export_build(build) %}
    {{ return([]) }}
{% endmacro %}

{% macro default__export_build(build) %}
    {%- set kept = keeps_landed_data(build) -%}
    {%- if kept -%}
        {%- do print('\n  NOTHING WAS EXPORTED: ' ~ kept) -%}
        {{ return([]) }}
    {%- endif -%}
    {%- set marts = exported_marts() -%}
    {%- set directory = call_python('begin_export', target.external_root, invocation_id) -%}
    {%- for mart in marts -%}
        {%- set file = mart.alias ~ as_of_suffix() ~ '.parquet' -%}
        {#- In a fixed order, so that equal content gives equal files. -#}
        {%- set relation = api.Relation.create(mart.database, mart.schema, mart.alias) -%}
        {%- do write_file('select * from ' ~ relation ~ ' order by all', directory ~ '/' ~ file, 'parquet') -%}
    {%- endfor -%}
    {%- do write_file(manifest(marts, build), directory ~ '/manifest.json', 'json') -%}
    {%- do call_python('end_export', target.external_root, invocation_id, export_name()) -%}
    {{ return(marts) }}
{% endmacro %}

{% macro export_again(build) %}
    {%- set kept = keeps_landed_data(build) -%}
    {%- if kept -%}
        {{ exceptions.raise_compiler_error(kept ~ '. Nothing was published.') }}
    {%- endif -%}
    {%- set exported = export_build(build) -%}
    {%- do print('') -%}
    {%- do print_marts(build.rows, exported) -%}
    {%- do print('\n  manifest  ' ~ root_in_words() ~ '/manifest.json') -%}
{% endmacro %}

{#- What the set of files of this run is called: live, or asof_20210412. -#}
{% macro export_name() %}
    {{ return(as_of_suffix().lstrip('_') or 'live') }}
{% endmacro %}

{#- A line for each mart: its rows, and its file if it was exported. -#}
{% macro print_marts(rows, exported) %}
    {%- for mart in published_marts() -%}
        {%- set name = mart.schema ~ '.' ~ mart.alias -%}
        {%- set is_exported = mart.unique_id in exported | map(attribute='unique_id') -%}
        {%- do print(('  %-36s %11s rows  %s' | format(
            name, '{:,}'.format(rows[name]),
            root_in_words() ~ '/' ~ mart.alias ~ as_of_suffix() ~ '.parquet' if is_exported else ''
        )).rstrip()) -%}
    {%- endfor -%}
{% endmacro %}

{#- Why a build must not take the place of what was exported before, if so. -#}
{% macro keeps_landed_data(build) %}
    {%- if build.source == 'seeds' -%}
        {%- set before = call_python('exported_source', target.external_root, export_name()) -%}
        {%- if before not in ['', 'seeds'] -%}
            {{ return(
                root_in_words() ~ ' holds landed data (' ~ before ~ '), which the seeds must not replace. To export'
                ~ ' the seeds, name another directory: LATE_PAYMENTS_EXPORTS=…'
            ) }}
        {%- endif -%}
    {%- endif -%}
    {{ return('') }}
{% endmacro %}

{#- The marts that get a file. Files know no roles, so those with personal data get none. -#}
{% macro exported_marts() %}
    {%- set marts = [] -%}
    {%- for mart in published_marts() if not mart.columns.values() | selectattr('config.meta.contains_pii') | list
        and (as_of_date() is none or mart.name in ['invoice_features', 'training_set', 'scoring_set']) -%}
        {%- do marts.append(mart) -%}
    {%- endfor -%}
    {{ return(marts) }}
{% endmacro %}

{#- SQL for the one row of manifest.json: the build, its source and its day, and of each mart its name, file, number of
    rows and columns. -#}
{% macro manifest(marts, build) %}
    {%- set entries = [] -%}
    {%- for mart in marts -%}
        {%- set columns = [] -%}
        {%- for column, type in mart_columns(mart).items() -%}
            {%- do columns.append("{'name': '" ~ column ~ "', 'type': '" ~ type ~ "'}") -%}
        {%- endfor -%}
        {%- set entry -%}
            {
                'mart': '{{ mart.schema }}.{{ mart.alias }}',
                'file': '{{ mart.alias ~ as_of_suffix() }}.parquet',
                'rows': {{ build.rows[mart.schema ~ '.' ~ mart.alias] }},
                'columns': [{{ columns | join(', ') }}]
            }
        {%- endset -%}
        {%- do entries.append(entry) -%}
    {%- endfor -%}
    select
        '{{ export_name() }}' as export,
        date '{{ build.as_of }}' as as_of,
        {{ dbt.string_literal(dbt.escape_single_quotes(build.source)) }} as source,
        '{{ build.id }}' as build_id,
        {{ snapshot_get_time() }} as exported_at,
        [{{ entries | join(', ') }}] as marts
{% endmacro %}

{#- Writes the result of a query to a file. In an object store, where a temporary file could not take the place of
    another, the store itself shows the old one or the new one. -#}
{% macro write_file(query, file, format) %}
    {%- do run_query(
        'copy (' ~ query ~ ') to ' ~ dbt.string_literal(dbt.escape_single_quotes(file)) ~ ' (format ' ~ format ~ ')'
    ) -%}
{% endmacro %}

{#- What a function of late_payments/warehouse.py returns, called with texts. -#}
{% macro call_python(function) %}
    {%- set arguments = [] -%}
    {%- for argument in varargs -%}
        {%- do arguments.append(dbt.string_literal(dbt.escape_single_quotes(argument))) -%}
    {%- endfor -%}
    {%- set result = run_query('select ' ~ function ~ '(' ~ arguments | join(', ') ~ ')')[0][0] | string -%}
    {%- if result.startswith('failed: ') -%}
        {{ exceptions.raise_compiler_error(
            'The files in ' ~ root_in_words() ~ ' could not be replaced, and are as they were; ' ~ result
            ~ '. Mend that, and run the same command again.'
        ) }}
    {%- endif -%}
    {{ return(result) }}
{% endmacro %}

{#- external_root as a person of the project calls it. -#}
{% macro root_in_words() %}
    {{ return(in_project(target.external_root)) }}
{% endmacro %}

{#- A path from the project's directory, where profiles.yml is, if it lies within. -#}
{% macro in_project(path) %}
    {{ return(path.removeprefix(flags.PROFILES_DIR | string ~ '/')) }}
{% endmacro %}
