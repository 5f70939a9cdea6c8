{% macro row_as_json(columns) %}
    {{- return(adapter.dispatch('row_as_json', 'late_payments')(columns)) -}}
{% endmacro %}

{% macro default__row_as_json(columns) -%}
    to_json({
    {%- for column in columns -%}
        '{{ column.raw_name or column.name }}': raw_{{ column.name }}{{ ', ' if not loop.last }}
    {%- endfor -%}
    })
{%- endmacro %}

{#- Spark leaves nulls out unless told otherwise. -#}
{% macro spark__row_as_json(columns) -%}
    to_json(named_struct(
    {%- for column in columns -%}
        '{{ column.raw_name or column.name }}', raw_{{ column.name }}{{ ', ' if not loop.last }}
    {%- endfor -%}
    ), map('ignoreNullFields', 'false'))
{%- endmacro %}
