{% macro land_from_mysql(tables) %}
    {% do run_query("attach '' as trs (type mysql, secret trs, read_only)") %}
    {#- One table at a time, so that what is refused here names what is missing and nothing else. -#}
    {% for table in tables %}
        {% do run_query(
            "select * from mysql_query('trs', 'select `" ~ columns_to_land(table) | join('`, `') ~ '` from `' ~ table.name ~ "` limit 0')"
        ) %}
    {% endfor %}
    {#- One statement sees one state of MySQL, whatever its isolation level; DuckDB runs each mysql_query by itself. -#}
    {% do run_query(
        "create temporary table delivered as select * from mysql_query('trs', '"
        ~ mysql_statement(tables) | replace("'", "''") ~ "')"
    ) %}
    {% for table in tables %}
        {%- set number = loop.index -%}
        {%- set columns = [] -%}
        {%- for column in columns_to_land(table) -%}
            {%- do columns.append('value_' ~ loop.index ~ ' as ' ~ column) -%}
        {%- endfor -%}
        {% do run_query(
            'create or replace table ' ~ table.relation_name
            ~ ' as select ' ~ columns | join(', ') ~ ' from delivered where table_number = ' ~ number
        ) %}
    {% endfor %}
    {% do run_query('drop table delivered') %}
{% endmacro %}
