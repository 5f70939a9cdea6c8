{% macro row_as_json(columns) -%}
    to_json({
    {%- for column in columns -%}
        '{{ column.raw_name or column.name }}': raw_{{ column.name }}{{ ', ' if not loop.last }}
    {%- endfor -%}
    })
{%- endmacro %}
