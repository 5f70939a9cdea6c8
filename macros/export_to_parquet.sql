{% macro export_to_parquet(relation) %}
    {{- return(adapter.dispatch('export_to_parquet', 'late_payments')(relation)) -}}
{% endmacro %}

{% macro default__export_to_parquet(relation) %}
    {#- In a fixed order, so that equal content gives equal files. -#}
    {{ return(write_file(
        "select * from " ~ relation ~ " order by all", relation.identifier ~ as_of_suffix() ~ '.parquet', 'parquet'
    )) }}
{% endmacro %}

{#- Iceberg tables are files that anyone may read, whole while they are replaced. -#}
{% macro spark__export_to_parquet(relation) %}
    {{ return(none) }}
{% endmacro %}
