{% macro csv_header(file, wanted) %}
    {%- set path = "'" ~ file | replace("'", "''") ~ "'" -%}
    {#- The line as one value: no delimiter, no quotes. A line that is not text is passed over here
        and refused with its number when the rows are read. -#}
    {%- set lines = run_query(
        "select coalesce(line, '') from read_csv(" ~ path ~ ", columns = {'line': 'varchar'}, auto_detect = false, header = false,"
        ~ " parallel = false, delim = '\x01', quote = '', escape = '', strict_mode = false, ignore_errors = true) limit 1"
    ) -%}
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
