{% macro as_of_date() %}
    {{ return(none if var('as_of') is none else checked_day(var('as_of'), 'The var as_of')) }}
{% endmacro %}
