{#- Says what a good build made, in lines for a person. -#}
{% macro print_summary(features, as_of, rejected_rows, file) %}
    {%- set query -%}
        select
            count(*) as invoices,
            coalesce(sum(is_late), 0) as late,
            count(is_late) as known,
            (select as_of from {{ as_of }}) as as_of,
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
    {%- do print('  invoices       ' ~ '{:,}'.format(facts['invoices'])) -%}
    {%- do print('  late           ' ~ '{:,}'.format(facts['late']) ~ ' (' ~ share ~ ')') -%}
    {%- do print('  as of          ' ~ facts['as_of']) -%}
    {%- do print('  rejected rows  ' ~ '{:,}'.format(facts['rejected'])) -%}
    {%- do print('  table          ' ~ features.schema ~ '.' ~ features.identifier ~ ' in ' ~ warehouse()) -%}
    {%- if file -%}
        {%- do print('  parquet file   ' ~ file) -%}
    {%- endif -%}
    {%- do print('') -%}
{% endmacro %}

{#- In words, the place that the target builds in. -#}
{% macro warehouse() %}
    {{- return(adapter.dispatch('warehouse', 'late_payments')()) -}}
{% endmacro %}

{% macro default__warehouse() %}
    {{ return(target.path) }}
{% endmacro %}

{% macro spark__warehouse() %}
    {{ return("Spark's catalog " ~ run_query('select current_catalog()')[0][0]) }}
{% endmacro %}
