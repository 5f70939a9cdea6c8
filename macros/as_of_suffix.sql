{% macro as_of_suffix() %}
    {%- set as_of = as_of_date() -%}
    {{ return('' if as_of is none else '_asof_' ~ as_of | replace('-', '')) }}
{% endmacro %}
