{% macro export_to_parquet(relation) %}
    {#- In a fixed order, so that equal content gives equal files. -#}
    {{ return(write_file(
        "select * from " ~ relation ~ " order by all", relation.identifier ~ as_of_suffix() ~ '.parquet', 'parquet'
    )) }}
{% endmacro %}
