{% macro finish_build(results, features, as_of, rejected_rows) %}
    {%- if execute -%}
        {%- do print_failures(results) -%}
        {#- Only a whole build audits what it exports: `dbt run` tests nothing, `dbt test` builds nothing. -#}
        {%- if flags.WHICH == 'build' and is_audited(features.identifier, results) -%}
            {%- set file = export_to_parquet(features) -%}
            {%- do print_summary(features, as_of, rejected_rows, file) -%}
        {%- endif -%}
        {%- if as_of_date() is none -%}
            {%- do record_outcome(results, as_of) -%}
        {%- endif -%}
    {%- endif -%}
{% endmacro %}

{#- Whether a run built a model, passed every test that speaks about it, and failed or skipped nothing elsewhere. -#}
{% macro is_audited(model_name, results) %}
    {%- set good = ['success', 'pass', 'warn', 'no-op'] -%}
    {%- set unique_id = 'model.' ~ project_name ~ '.' ~ model_name -%}
    {%- set finished = [] -%}
    {%- for result in results -%}
        {%- if result.status | string not in good -%}
            {{ return(false) }}
        {%- endif -%}
        {%- do finished.append(result.node.unique_id) -%}
    {%- endfor -%}
    {#- A selection may have left out the model, or tests that speak about it. -#}
    {%- for node in graph.nodes.values() if node.resource_type == 'test' and unique_id in node.depends_on.nodes -%}
        {%- if node.unique_id not in finished -%}
            {{ return(false) }}
        {%- endif -%}
    {%- endfor -%}
    {{ return(unique_id in finished) }}
{% endmacro %}

{#- Notes in audit.last_build how a run of live models ended. -#}
{% macro record_outcome(results, as_of) %}
    {%- set failed, audited, unaudited = [], [], [] -%}
    {%- for result in results if result.status | string in ['fail', 'error'] -%}
        {%- do failed.append(result) -%}
    {%- endfor -%}
    {%- for mart in published_marts() -%}
        {%- do (audited if is_audited(mart.name, results) else unaudited).append(mart.name) -%}
    {%- endfor -%}
    {%- if failed -%}
        {%- set outcome = failed | length ~ ' failed in dbt ' ~ flags.WHICH -%}
        {%- do run_query("update audit.last_build set as_of = null, marts = null, outcome = '" ~ outcome ~ "'") -%}
    {%- elif flags.WHICH == 'build' and not unaudited -%}
        {%- set day = run_query('select as_of from ' ~ as_of)[0][0] -%}
        {%- do run_query(
            "update audit.last_build set outcome = 'green', as_of = date '" ~ day ~ "',"
            ~ " marts = '" ~ audited | join(', ') ~ "'"
        ) -%}
    {%- elif selects_a_mart() -%}
        {%- set outcome = 'not built and tested in it: ' ~ unaudited | join(', ') -%}
        {%- do run_query("update audit.last_build set outcome = '" ~ outcome ~ "'") -%}
    {%- endif -%}
{% endmacro %}
