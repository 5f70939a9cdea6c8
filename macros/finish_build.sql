{% macro finish_build(results, features, as_of, rejected_rows) %}
    {#- Only a whole build audits what it exports: `dbt run` tests nothing, `dbt test` builds nothing. -#}
    {%- if execute and flags.WHICH == 'build' and is_audited(features.identifier, results) -%}
        {%- set file = export_to_parquet(features, order_by='inv_id') -%}
        {%- do print_summary(features, as_of, rejected_rows, file) -%}
    {%- endif -%}
{% endmacro %}
