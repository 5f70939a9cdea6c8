{% macro land_from_files(tables, directory) %}
    {% for table in tables %}
        {%- set file = directory ~ '/' ~ table.name ~ '.csv' -%}
        {%- set header = csv_header(file, table.columns.keys() | list) -%}
        {% do run_query(
            'create or replace table ' ~ table.relation_name
            ~ ' as select ' ~ table.columns.keys() | join(', ') ~ ' from ' ~ csv_rows(file, header)
        ) %}
    {% endfor %}
    {% do refuse_unreadable_lines() %}
{% endmacro %}
