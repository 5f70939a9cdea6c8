{% macro log_odds(share) -%}
    {#- Surer than 499 to 1 nobody is taken to be: shares of 0 and 1 have no log-odds. -#}
    case
        when {{ share }} <= 1 / 500.0 then -ln(499)
        when {{ share }} >= 499 / 500.0 then ln(499)
        else ln({{ share }} / (1 - {{ share }}))
    end
{%- endmacro %}

{% macro from_log_odds(log_odds) -%}
    1 / (1 + exp(-({{ log_odds }})))
{%- endmacro %}
