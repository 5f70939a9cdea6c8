{#- The column names in the first line of a file. Refuses one that lacks a wanted name or has it twice. -#}
{% macro csv_header(file, wanted) %}
    {%- set lines = run_query("select coalesce(line, '') from " ~ csv_lines([file], parallel=false) ~ ' limit 1') -%}
    {%- if not lines | length -%}
        {{ exceptions.raise_compiler_error(file ~ ' is empty, or not plain UTF-8 text (compressed?).') }}
    {%- endif -%}
    {%- set header = lines[0][0].split(',') | map('trim', '"\r') | list -%}
    {%- for column in wanted if header.count(column) != 1 -%}
        {{ exceptions.raise_compiler_error(
            file ~ ' has ' ~ ('no column ' if column not in header else 'more than one column ') ~ column
            ~ ': it must be plain UTF-8 text whose first line names ' ~ wanted | join(', ') ~ ', separated by commas.'
        ) }}
    {%- endfor -%}
    {{ return(header) }}
{% endmacro %}

{#- SQL to select from: the rows of files with one header, as text. Lines that cannot be read whole are left out and
    noted in DuckDB's temporary table reject_errors, for refuse_unreadable_lines. -#}
{% macro csv_rows(files, header) -%}
    {%- set quoted = run_query(
        'select 1 from ' ~ csv_lines(files, parallel=true) ~ " where contains(line, '\"') limit 1"
    ) | length > 0 -%}
    {#- Nothing is guessed: a file that is not what it should be must not be read as something else. That goes for
        threads, too: one that begins in the middle of a quoted value may take the lines of the value for rows. -#}
    read_csv(
        ['{{ files | map("replace", "'", "''") | join("', '") }}'],
        columns = {'{{ header | map("replace", "'", "''") | join("': 'varchar', '") }}': 'varchar'},
        auto_detect = false, header = true, delim = ',', quote = '"', escape = '"',
        parallel = {{ not quoted }}, hive_partitioning = false, store_rejects = true
    )
{%- endmacro %}

{#- SQL to select from: each line as one value, line. One that is not text is passed over here, and refused with its
    number when the rows are read. -#}
{% macro csv_lines(files, parallel) -%}
    read_csv(
        ['{{ files | map("replace", "'", "''") | join("', '") }}'], columns = {'line': 'varchar'},
        auto_detect = false, header = false, delim = '{{ "\x01" }}', quote = '', escape = '',
        parallel = {{ parallel }}, strict_mode = false, ignore_errors = true
    )
{%- endmacro %}
