{#- Prints each failure and warning of a run, and how much was skipped. -#}
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

{#- Of a data test the description, how many rows, up to five of them and the query for all; of anything else the first
    lines of its message. -#}
{% macro print_failure(result, word) %}
    {%- set node = result.node -%}
    {%- if node.resource_type == 'test' and result.failures -%}
        {%- set rows = '{:,}'.format(result.failures) ~ (' row' if result.failures == 1 else ' rows') -%}
        {%- do print('\n  ' ~ word ~ ' ' ~ node.name ~ ', ' ~ rows) -%}
        {%- if node.description -%}
            {%- do print('    ' ~ node.description | trim) -%}
        {%- endif -%}
        {%- if keeps_failures(node) -%}
            {%- set examples = run_query('select * from ' ~ failures_of(node) ~ ' limit 5') -%}
            {%- for row in examples.rows -%}
                {%- set values = [] -%}
                {%- for column in examples.column_names -%}
                    {%- do values.append(column ~ ' = ' ~ row[column]) -%}
                {%- endfor -%}
                {%- do print('    - ' ~ (values | join(', '))[:300]) -%}
            {%- endfor -%}
            {%- do print('    all of them: select * from ' ~ failures_of(node) | string | replace('"', '') ~ ';') -%}
        {%- else -%}
            {%- set why = 'hold personal data and' if as_of_date() is none else 'of a replay' -%}
            {%- do print('    the rows ' ~ why ~ ' are not kept; the query is ' ~ node.build_path) -%}
        {%- endif -%}
    {%- else -%}
        {%- do print('\n  ' ~ word ~ ' ' ~ node.resource_type ~ ' ' ~ node.name) -%}
        {%- do print('    ' ~ (result.message | string).strip().split('\n')[:3] | join('\n    ')) -%}
    {%- endif -%}
{% endmacro %}
