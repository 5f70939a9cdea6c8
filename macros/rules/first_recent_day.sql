{% macro first_recent_day(scored_day) -%}
    {#- How many days, the scored one the last of them, the habits of payers are learnt from. -#}
    {%- set recent_days = 90 -%}
    {{ days_after(scored_day, 1 - recent_days) }}
{%- endmacro %}

{% macro is_recent(day, scored_day) -%}
    {{ day }} between {{ first_recent_day(scored_day) }} and {{ scored_day }}
{%- endmacro %}
