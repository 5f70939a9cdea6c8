{% macro refuse_unreadable_lines() %}
    {#- The lines themselves are not shown: they may hold personal data. -#}
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
