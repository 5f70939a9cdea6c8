{% macro type_in_words(type) -%}
    {%- if type.startswith('decimal') -%}
        an amount with at most two decimals
    {%- elif type == 'date' -%}
        a date written YYYY-MM-DD
    {%- else -%}
        a whole number
    {%- endif -%}
{%- endmacro %}
