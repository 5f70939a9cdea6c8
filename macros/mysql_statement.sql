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
            {%- do values.append(
                ('cast(`' ~ table.name ~ '`.`' ~ columns[position - 1] ~ '` as char)' if position <= columns | length else 'null')
                ~ ' as value_' ~ position
            ) -%}
        {%- endfor -%}
        {%- do selects.append('select ' ~ values | join(', ') ~ ' from `' ~ table.name ~ '`') -%}
    {%- endfor -%}
    {{ return(selects | join(' union all ')) }}
{% endmacro %}
