{% macro is_known(shares, day) -%}
    {{ shares }}.date_known <= {{ day }}
    and ({{ shares }}.next_date_known > {{ day }} or {{ shares }}.next_date_known is null)
{%- endmacro %}
