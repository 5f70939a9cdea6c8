{% macro late_log_odds(share_of_account, share_of_lines, share_of_all) -%}
    {#- Rounded, because the last digits of logarithms differ between engines. -#}
    round(
        {{ log_odds(share_of_account) }}
        + {{ log_odds(share_of_lines) }}
        - {{ log_odds(share_of_all) }},
        10
    )
{%- endmacro %}
