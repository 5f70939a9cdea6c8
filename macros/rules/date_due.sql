{% macro date_due(date_issued) -%}
    {{ days_after(date_issued, whole_number_var('payment_terms_days')) }}
{%- endmacro %}
