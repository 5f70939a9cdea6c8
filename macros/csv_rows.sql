{% macro csv_rows(file, header) -%}
    {#- Nothing is guessed: a file that is not what it should be must not be read as something else. -#}
    read_csv(
        '{{ file | replace("'", "''") }}',
        columns = { {%- for column in header %}'{{ column | replace("'", "''") }}': 'varchar'{{ ', ' if not loop.last }}{% endfor -%} },
        auto_detect = false, header = true, delim = ',', quote = '"', escape = '"', store_rejects = true
    )
{%- endmacro %}
