{% macro csv_rows(files, header) -%}
    {#- Nothing is guessed: a file that is not what it should be must not be read as something else. That goes for threads, too:
        one that begins in the middle of a quoted value may take the lines of the value for rows. -#}
    read_csv(
        {{ file_list(files) }},
        columns = { {%- for column in header %}'{{ column | replace("'", "''") }}': 'varchar'{{ ', ' if not loop.last }}{% endfor -%} },
        auto_detect = false, header = true, delim = ',', quote = '"', escape = '"',
        parallel = {{ not has_quotes(files) }}, hive_partitioning = false, store_rejects = true
    )
{%- endmacro %}
