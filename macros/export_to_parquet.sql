{% macro export_to_parquet(relation, order_by) %}
    {%- set file = target.external_root ~ '/' ~ relation.identifier ~ as_of_suffix() ~ '.parquet' -%}
    {#- The temporary file takes the place of the old one only once it is whole. -#}
    {% do run_query(
        "copy (select * from " ~ relation ~ " order by " ~ order_by ~ ")"
        ~ " to '" ~ file | replace("'", "''") ~ "' (format parquet, use_tmp_file true)"
    ) %}
    {{ return(file) }}
{% endmacro %}
