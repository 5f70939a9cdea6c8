{% macro print_failures(results) %}
    {%- set counts = {'failed': 0, 'skipped': 0} -%}
    {%- for result in results -%}
        {%- set status = result.status | string -%}
        {%- if status == 'skipped' -%}
            {%- do counts.update(skipped=counts['skipped'] + 1) -%}
        {%- elif status in ['fail', 'error', 'warn'] -%}
            {%- if status != 'warn' -%}
                {%- do counts.update(failed=counts['failed'] + 1) -%}
            {%- endif -%}
            {%- do print_failure(result, 'WARNING' if status == 'warn' else 'FAILED') -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if counts['failed'] -%}
        {%- do print(
            '\n  ' ~ counts['failed'] ~ ' failed, ' ~ counts['skipped'] ~ ' skipped because of it.'
            ~ ' What was exported stays as the last good build left it.\n'
        ) -%}
    {%- endif -%}
{% endmacro %}
