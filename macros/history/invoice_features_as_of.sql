{% macro invoice_features_as_of(day) %}
    {%- do live_history('invoice_features_history') -%}
    {%- set end_of_day = checked_day(day, 'The day of invoice_features_as_of') -%}
    {{ return(history_schema() ~ ".invoice_features_as_of('" ~ end_of_day ~ "')") }}
{% endmacro %}

{% macro invoice_features_changes(first_day, last_day) %}
    {%- do live_history('invoice_features_history') -%}
    {%- set first = checked_day(first_day, 'The first day of invoice_features_changes') -%}
    {%- set last = checked_day(last_day, 'The last day of invoice_features_changes') -%}
    {{ return(history_schema() ~ ".invoice_features_changes('" ~ first ~ "', '" ~ last ~ "')") }}
{% endmacro %}
