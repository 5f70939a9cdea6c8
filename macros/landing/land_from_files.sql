{#- Replaces the tables by the rows of files, within the transaction of land. -#}
{% macro land_from_files(tables, directory) %}
    {%- set text = [] -%}
    {%- for table in tables -%}
        {%- set columns = table.columns.keys() | list -%}
        {%- set files = extract_files(directory.rstrip('/') or '/', table.name) -%}
        {%- do run_query(
            'create or replace table ' ~ table.relation_name ~ ' (' ~ columns | join(', ') ~ ') as '
            ~ extract_rows(files, columns)
        ) -%}
        {%- do text.append(table.name) if not files[0].endswith('.parquet') -%}
    {%- endfor -%}
    {%- if text -%}
        {%- do refuse_unreadable_lines() -%}
    {%- endif -%}
{% endmacro %}

{#- The files that are the extract of a table: one of its name or all of the folder of its name, in one format. Refuses
    none, two of these, and a folder with a file of another kind; names that begin with _ or a dot are passed over. -#}
{% macro extract_files(directory, table) %}
    {%- set found, unknown = {}, [] -%}
    {%- for pattern in [table ~ '.*', table ~ '/*'] -%}
        {%- set in_folder = pattern.endswith('/*') -%}
        {%- set path = (directory ~ '/' ~ pattern) | replace("'", "''") -%}
        {%- for file in run_query("select file from glob('" ~ path ~ "') order by file").columns[0].values() -%}
            {%- set name = file.split('/') | last -%}
            {%- set format = modules.re.search('[.](csv|csv[.]gz|csv[.]zst|parquet)$', name) -%}
            {%- if format and (in_folder or name == table ~ format[0]) -%}
                {%- do found.setdefault((table ~ '/*' if in_folder else table) ~ format[0], []).append(file) -%}
            {%- elif in_folder and not name.startswith(('_', '.')) -%}
                {%- do unknown.append(file) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- if unknown -%}
        {{ exceptions.raise_compiler_error(
            unknown[0] ~ ' is none of *.csv, *.csv.gz, *.csv.zst and *.parquet.'
            ~ ' All files of the folder are landed, so move it elsewhere.'
        ) }}
    {%- elif not found -%}
        {{ exceptions.raise_compiler_error(
            directory ~ ' holds no extract of ' ~ table ~ ': it must hold one of ' ~ table ~ '.csv, '
            ~ table ~ '.csv.gz, ' ~ table ~ '.csv.zst and ' ~ table ~ '.parquet, or a folder '
            ~ table ~ ' with such files.'
        ) }}
    {%- elif found | length > 1 -%}
        {{ exceptions.raise_compiler_error(
            directory ~ ' holds ' ~ found | join(' and ') ~ ': it is not clear which is the extract of ' ~ table ~ '.'
            ~ ' Move all but one elsewhere.'
        ) }}
    {%- endif -%}
    {{ return(found.values() | first) }}
{% endmacro %}

{#- SQL for the rows of the files of one table, the columns wanted in their order, all as text. -#}
{% macro extract_rows(files, wanted) %}
    {#- Files whose columns are alike are read together: one with others, or in another order, is not read by their
        names. -#}
    {%- set alike = {} -%}
    {%- for file in files -%}
        {%- set header = parquet_header(file, wanted) if file.endswith('.parquet') else csv_header(file, wanted) -%}
        {%- do alike.setdefault(header | string, {'header': header, 'files': []}).files.append(file) -%}
    {%- endfor -%}
    {%- set selects = [] -%}
    {%- for group in alike.values() -%}
        {%- set is_parquet = group.files[0].endswith('.parquet') -%}
        {%- set rows = parquet_rows(group.files) if is_parquet else csv_rows(group.files, group.header) -%}
        {%- do selects.append('select cast(' ~ wanted | join(' as varchar), cast(') ~ ' as varchar) from ' ~ rows) -%}
    {%- endfor -%}
    {{ return(selects | join(' union all ')) }}
{% endmacro %}

{#- Names the first five lines that csv_rows could not read whole. Never shows them: they may hold personal data. -#}
{% macro refuse_unreadable_lines() %}
    {%- set unreadable = run_query(
        'select scans.file_path, errors.line, any_value(errors.error_message)'
        ~ ' from reject_errors as errors inner join reject_scans as scans using (scan_id, file_id)'
        ~ ' group by scans.file_path, errors.line order by scans.file_path, errors.line'
    ) -%}
    {%- if unreadable | length -%}
        {%- set examples = [] -%}
        {%- for file, line, message in unreadable.rows[:5] -%}
            {%- do examples.append(file ~ ', line ' ~ line ~ ': ' ~ message) -%}
        {%- endfor -%}
        {{ exceptions.raise_compiler_error(
            unreadable | length ~ ' lines cannot be read (a value over several lines counts as one line):\n'
            ~ examples | join('\n')
        ) }}
    {%- endif -%}
{% endmacro %}
