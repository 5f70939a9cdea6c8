{% macro record_outcome(results, as_of) %}
    {%- set counts = {'failed': 0} -%}
    {%- for result in results if result.status | string in ['fail', 'error'] -%}
        {%- do counts.update(failed=counts['failed'] + 1) -%}
    {%- endfor -%}
    {%- set audited = [] -%}
    {%- set unaudited = [] -%}
    {%- for mart in published_marts() -%}
        {%- do (audited if is_audited(mart.name, results) else unaudited).append(mart.name) -%}
    {%- endfor -%}
    {%- if counts['failed'] -%}
        {% do run_query(
            "update audit.last_build set as_of = null, marts = null,"
            ~ " outcome = '" ~ counts['failed'] ~ " failed in dbt " ~ flags.WHICH ~ "'"
        ) %}
    {%- elif flags.WHICH == 'build' and not unaudited -%}
        {% do run_query(
            "update audit.last_build set outcome = 'green', as_of = date '" ~ run_query('select as_of from ' ~ as_of)[0][0] ~ "',"
            ~ " marts = '" ~ audited | join(', ') ~ "'"
        ) %}
    {%- elif selects_a_mart() -%}
        {% do run_query(
            "update audit.last_build set outcome = 'not built and tested in it: " ~ unaudited | join(', ') ~ "'"
        ) %}
    {%- endif -%}
{% endmacro %}
