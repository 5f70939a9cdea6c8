{#- Replaces the tables by those of the same names in MySQL, all as of one moment, within the transaction of land. -#}
{% macro land_from_mysql(tables) %}
    {%- do run_query("attach '' as trs (type mysql, secret trs, read_only)") -%}
    {#- One table at a time, so that what is refused here names what is missing and nothing else. -#}
    {%- for table in tables -%}
        {%- set columns = columns_to_land(table) | join('`, `') -%}
        {%- do run_query(
            "select * from mysql_query('trs', 'select `" ~ columns ~ "` from `" ~ table.name ~ "` limit 0')"
        ) -%}
    {%- endfor -%}
    {#- One statement sees one state of MySQL, whatever its isolation level; DuckDB runs each mysql_query by itself. -#}
    {%- do run_query(
        "create temporary table delivered as select * from mysql_query('trs', '"
        ~ mysql_statement(tables) | replace("'", "''") ~ "')"
    ) -%}
    {%- for table in tables -%}
        {%- set number = loop.index -%}
        {%- set columns = [] -%}
        {%- for column in columns_to_land(table) -%}
            {%- do columns.append('value_' ~ loop.index ~ ' as ' ~ column) -%}
        {%- endfor -%}
        {%- do run_query(
            'create or replace table ' ~ table.relation_name
            ~ ' as select ' ~ columns | join(', ') ~ ' from delivered where table_number = ' ~ number
        ) -%}
    {%- endfor -%}
    {%- do run_query('drop table delivered') -%}
{% endmacro %}

{#- Names of the columns that a source table lists, without those that no model reads. -#}
{% macro columns_to_land(table) %}
    {{ return(table.columns.values() | rejectattr('config.meta.stays_in_raw') | map(attribute='name') | list) }}
{% endmacro %}

{#- A statement of MySQL for the rows of all tables one after the other: table_number, counted from 1, and the values of
    the columns to land as text, value_1, value_2 and so on. -#}
{% macro mysql_statement(tables) %}
    {%- set widths = [] -%}
    {%- for table in tables -%}
        {%- do widths.append(columns_to_land(table) | length) -%}
    {%- endfor -%}
    {%- set selects = [] -%}
    {%- for table in tables -%}
        {%- set number = loop.index -%}
        {%- set columns = columns_to_land(table) -%}
        {%- set values = [number ~ ' as table_number'] -%}
        {%- for position in range(1, widths | max + 1) -%}
            {#- MySQL writes the text, as it would in an extract: DuckDB would make 0000-00-00 a null. -#}
            {%- set value = 'cast(`' ~ table.name ~ '`.`' ~ columns[position - 1] ~ '` as char)' -%}
            {%- do values.append((value if position <= columns | length else 'null') ~ ' as value_' ~ position) -%}
        {%- endfor -%}
        {%- do selects.append('select ' ~ values | join(', ') ~ ' from `' ~ table.name ~ '`') -%}
    {%- endfor -%}
    {{ return(selects | join(' union all ')) }}
{% endmacro %}
