{% macro finish_build(results, features, as_of, rejected_rows) %}
    {%- if is_run() -%}
        {%- do keep_failures(results) -%}
        {%- do print_failures(results) -%}
        {%- set failed = failed_nodes(results) -%}
        {%- set unaudited = unaudited_marts(results) -%}
        {%- set end = {'failed': failed | join(', ') or none, 'outcome': 'passed'} -%}
        {%- if failed -%}
            {%- do end.update(outcome=failed | length ~ ' failed in dbt ' ~ flags.WHICH) -%}
        {%- elif flags.WHICH == 'build' and not unaudited -%}
            {%- set day = run_query('select as_of from ' ~ as_of)[0][0] | string -%}
            {%- set rows = rows_of_marts() -%}
            {%- set build = {'id': invocation_id, 'as_of': day, 'source': source_of_raw(), 'rows': rows} -%}
            {%- set exported = export_build(build) -%}
            {%- do print_summary(features, rejected_rows, build, exported) -%}
            {%- do end.update(outcome='green', as_of=day, rows_of_marts=tojson(rows)) -%}
        {%- elif selects_a_mart() -%}
            {%- do end.update(outcome='not built and tested in it: ' ~ unaudited | join(', ')) -%}
            {%- do print(
                '\n  Nothing was exported: this run did not build and test everything. To export: dbt build\n'
            ) -%}
        {%- endif -%}
        {%- do record_event('ended', end) -%}
    {%- endif -%}
{% endmacro %}

{#- Names of what failed in a run. -#}
{% macro failed_nodes(results) %}
    {%- set failed = [] -%}
    {%- for result in results if result.status | string in ['fail', 'error'] -%}
        {%- do failed.append(result.node.name) -%}
    {%- endfor -%}
    {{ return(failed) }}
{% endmacro %}

{#- Names of the marts that a run did not build, or not on what it built and tested itself, or not with every test that
    speaks about them. -#}
{% macro unaudited_marts(results) %}
    {%- set finished = [] -%}
    {%- for result in results if result.status | string in ['success', 'pass', 'warn', 'no-op'] -%}
        {%- do finished.append(result.node.unique_id) -%}
    {%- endfor -%}
    {%- set tests = graph.nodes.values() | selectattr('resource_type', 'equalto', 'test') | list -%}
    {%- set unaudited = [] -%}
    {%- for mart in published_marts() -%}
        {%- set needed = [mart.unique_id] + stands_before(mart.unique_id) -%}
        {%- for test in tests if mart.unique_id in test.depends_on.nodes -%}
            {%- do needed.append(test.unique_id) -%}
        {%- endfor -%}
        {%- if needed | reject('in', finished) | list -%}
            {%- do unaudited.append(mart.name) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(unaudited) }}
{% endmacro %}

{#- The number of rows of each mart: a dictionary from schema.name. -#}
{% macro rows_of_marts() %}
    {%- set rows = {} -%}
    {%- for mart in published_marts() -%}
        {%- set relation = api.Relation.create(mart.database, mart.schema, mart.alias) -%}
        {%- do rows.update({
            mart.schema ~ '.' ~ mart.alias: run_query('select count(*) from ' ~ relation)[0][0] | int
        }) -%}
    {%- endfor -%}
    {{ return(rows) }}
{% endmacro %}
