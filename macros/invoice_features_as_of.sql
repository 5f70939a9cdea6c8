{% macro invoice_features_as_of(day) %}
    {%- do live_history('invoice_features_history') -%}
    {{ return(history_schema() ~ ".invoice_features_as_of('" ~ checked_day(day, 'The day of invoice_features_as_of') ~ "')") }}
{% endmacro %}
