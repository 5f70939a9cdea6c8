{% macro parquet_rows(files) -%}
    {#- Some writers leave unsaid that a text is one. -#}
    read_parquet({{ file_list(files) }}, binary_as_string = true, hive_partitioning = false)
{%- endmacro %}
