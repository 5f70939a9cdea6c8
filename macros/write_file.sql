{% macro write_file(query, name, format) %}
    {%- set file = target.external_root ~ '/' ~ name -%}
    {#- A temporary file takes the place of the old one only once it is whole; an object store does so by itself. -#}
    {% do run_query(
        "copy (" ~ query ~ ") to '" ~ file | replace("'", "''") ~ "'"
        ~ " (format " ~ format ~ ", use_tmp_file true)"
    ) %}
    {{ return(file) }}
{% endmacro %}
