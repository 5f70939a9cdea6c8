{% macro whole_number_var(name) %}
    {%- set value = var(name) | string -%}
    {%- if not modules.re.match('^[0-9]{1,6}$', value) -%}
        {{ exceptions.raise_compiler_error(
            "The var " ~ name ~ " must be a whole number from 0 to 999999, not '" ~ value ~ "'."
        ) }}
    {%- endif -%}
    {{ return(value | int) }}
{% endmacro %}
