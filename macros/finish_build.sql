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
