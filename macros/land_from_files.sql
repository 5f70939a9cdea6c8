{% macro land_from_files(tables, directory) %}
    {%- set text = [] -%}
    {% for table in tables %}
        {%- set columns = table.columns.keys() | list -%}
        {%- set files = extract_files(directory.rstrip('/') or '/', table.name) -%}
        {% do run_query(
            'create or replace table ' ~ table.relation_name ~ ' (' ~ columns | join(', ') ~ ') as '
            ~ extract_rows(files, columns)
        ) %}
        {%- do text.append(table.name) if not files[0].endswith('.parquet') -%}
    {% endfor %}
    {% if text %}
        {% do refuse_unreadable_lines() %}
    {% endif %}
{% endmacro %}
