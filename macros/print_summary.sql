{% macro print_summary(features, as_of, rejected_rows, file) %}
    {%- set facts = run_query(
        "select count(*) as invoices, coalesce(sum(is_late), 0) as late, count(is_late) as known,"
        ~ " (select as_of from " ~ as_of ~ ") as as_of, (select count(*) from " ~ rejected_rows ~ ") as rejected"
        ~ " from " ~ features
    )[0] -%}
    {%- set share = '%.2f %% of %s with a known outcome' | format(100 * facts['late'] / facts['known'], '{:,}'.format(facts['known']))
        if facts['known'] else 'no outcome is known yet' -%}
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
