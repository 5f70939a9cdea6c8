{% macro print_failure(result, word) %}
    {%- set node = result.node -%}
    {%- if node.resource_type == 'test' and result.failures -%}
        {%- do print('\n  ' ~ word ~ ' ' ~ node.name ~ ', ' ~ '{:,}'.format(result.failures) ~ (' row' if result.failures == 1 else ' rows')) -%}
        {%- if node.description -%}
            {%- do print('    ' ~ node.description | trim) -%}
        {%- endif -%}
        {%- if node.relation_name -%}
            {%- set examples = run_query('select * from ' ~ node.relation_name ~ ' limit 5') -%}
            {%- for row in examples.rows -%}
                {%- set values = [] -%}
                {%- for column in examples.column_names -%}
                    {%- do values.append(column ~ ' = ' ~ row[column]) -%}
                {%- endfor -%}
                {%- do print('    - ' ~ (values | join(', '))[:300]) -%}
            {%- endfor -%}
            {%- do print('    all of them: select * from ' ~ node.relation_name | replace('"', '') ~ ';') -%}
        {%- else -%}
            {%- do print('    the rows hold personal data and are not kept; the query is ' ~ node.build_path) -%}
        {%- endif -%}
    {%- else -%}
        {%- do print('\n  ' ~ word ~ ' ' ~ node.resource_type ~ ' ' ~ node.name) -%}
        {%- do print('    ' ~ (result.message | string).strip().split('\n')[:3] | join('\n    ')) -%}
    {%- endif -%}
{% endmacro %}
