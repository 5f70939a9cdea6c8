{#- Says what a good build made, in lines for a person. -#}
{% macro print_summary(features, rejected_rows, build, exported) %}
    {%- set query -%}
        select
            count(*) as invoices,
            coalesce(sum(is_late), 0) as late,
            count(is_late) as known,
            (select count(*) from {{ rejected_rows }}) as rejected
        from {{ features }}
    {%- endset -%}
    {%- set facts = run_query(query)[0] -%}
    {%- set share = 'no outcome is known yet' -%}
    {%- if facts['known'] -%}
        {%- set percent = '%.2f %%' | format(100 * facts['late'] / facts['known']) -%}
        {%- set share = percent ~ ' of ' ~ '{:,}'.format(facts['known']) ~ ' with a known outcome' -%}
    {%- endif -%}
    {%- do print('') -%}
    {%- do print('  source         ' ~ build.source) -%}
    {%- do print('  invoices       ' ~ '{:,}'.format(facts['invoices'])) -%}
    {%- do print('  late           ' ~ '{:,}'.format(facts['late']) ~ ' (' ~ share ~ ')') -%}
    {%- do print('  as of          ' ~ build.as_of) -%}
    {%- do print('  rejected rows  ' ~ '{:,}'.format(facts['rejected'])) -%}
    {%- do print('  table          ' ~ features.schema ~ '.' ~ features.identifier ~ ' in ' ~ warehouse()) -%}
    {%- do print('') -%}
    {%- do print_marts(build.rows, exported) -%}
    {%- do print_what_is_empty(build) -%}
    {%- do print('') -%}
{% endmacro %}

{#- Everybody who pays is good news, and an empty file alone would look like a fault. -#}
{% macro print_what_is_empty(build) %}
    {%- if not build.rows['finance' ~ as_of_suffix() ~ '.receivables_ageing'] -%}
        {%- do print(
            '\n  nothing is open as of ' ~ build.as_of ~ ': the call list, the scoring set and the ageing are empty'
        ) -%}
    {%- endif -%}
{% endmacro %}

{#- In words, the place that the target builds in. -#}
{% macro warehouse() %}
    {{- return(adapter.dispatch('warehouse', 'late_payments')()) -}}
{% endmacro %}

{% macro default__warehouse() %}
    {{ return(in_project(target.path)) }}
{% endmacro %}

{% macro spark__warehouse() %}
    {{ return("Spark's catalog " ~ run_query('select current_catalog()')[0][0]) }}
{% endmacro %}
