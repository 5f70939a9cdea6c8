{% macro as_of_date() %}
    {{ return(none if var('as_of') is none else checked_day(var('as_of'), 'The var as_of')) }}
{% endmacro %}

{% macro as_of_suffix() %}
    {%- set as_of = as_of_date() -%}
    {{ return('' if as_of is none else '_asof_' ~ as_of | replace('-', '')) }}
{% endmacro %}

{% macro checked_day(value, name) %}
    {#- YAML reads an unquoted 2021-04-12 as a date; as text it is 2021-04-12 again. -#}
    {%- set text = value | string -%}
    {%- set parts = modules.re.match('^([0-9]{4})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$', text) -%}
    {%- if parts and parts[1] != '0000' -%}
        {%- set first_of_month = modules.datetime.date(parts[1] | int, parts[2] | int, 1) -%}
        {%- set day = first_of_month + modules.datetime.timedelta(days=(parts[3] | int) - 1) -%}
        {%- if day.month == first_of_month.month -%}
            {{ return(text) }}
        {%- endif -%}
    {%- endif -%}
    {{ exceptions.raise_compiler_error(
        name ~ " must be a day written YYYY-MM-DD, such as 2021-04-12, not '" ~ text ~ "'."
    ) }}
{% endmacro %}
