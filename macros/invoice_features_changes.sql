{% macro invoice_features_changes(first_day, last_day) %}
    {%- do live_history('invoice_features_history') -%}
    {{ return(
        history_schema() ~ ".invoice_features_changes('"
        ~ checked_day(first_day, 'The first day of invoice_features_changes') ~ "', '"
        ~ checked_day(last_day, 'The last day of invoice_features_changes') ~ "')"
    ) }}
{% endmacro %}
