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

{#- Writes manifest.json: as_of, and of each mart its name, file, number of rows and columns. Returns its path. -#}
{% macro write_manifest(marts, as_of) %}
    {%- set entries = [] -%}
    {%- for mart in marts -%}
        {%- set columns = [] -%}
        {%- for column, type in mart_columns(mart).items() -%}
            {%- do columns.append("{'name': '" ~ column ~ "', 'type': '" ~ type ~ "'}") -%}
        {%- endfor -%}
        {%- set entry -%}
            {
                'mart': '{{ mart.schema }}.{{ mart.alias }}',
                'file': '{{ mart.alias }}.parquet',
                'rows': (select count(*) from {{ mart.relation_name }}),
                'columns': [{{ columns | join(', ') }}]
            }
        {%- endset -%}
        {%- do entries.append(entry) -%}
    {%- endfor -%}
    {{ return(write_file(
        "select date '" ~ as_of ~ "' as as_of, [" ~ entries | join(', ') ~ "] as marts", 'manifest.json', 'json'
    )) }}
{% endmacro %}

{#- Writes the result of a query to a file in external_root and returns its path. -#}
{% macro write_file(query, name, format) %}
    {%- set file = target.external_root ~ '/' ~ name -%}
    {#- A temporary file takes the place of the old one only once it is whole; an object store does so by itself. -#}
    {%- do run_query(
        "copy (" ~ query ~ ") to '" ~ file | replace("'", "''") ~ "' (format " ~ format ~ ", use_tmp_file true)"
    ) -%}
    {{ return(file) }}
{% endmacro %}
