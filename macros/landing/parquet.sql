{#- Pairs of name and type of the columns of a file. Refuses one that lacks a wanted name. -#}
{% macro parquet_header(file, wanted) %}
    {%- set described = run_query(
        'select column_name, column_type from (describe select * from ' ~ parquet_rows([file]) ~ ')'
    ) -%}
    {%- set names = described.columns[0].values() -%}
    {%- for column in wanted if column not in names -%}
        {{ exceptions.raise_compiler_error(file ~ ' has no column ' ~ column ~ ', only ' ~ names | join(', ') ~ '.') }}
    {%- endfor -%}
    {#- With their types: DuckDB would read files together by the types of the first, and round the others. -#}
    {{ return(described.rows | map('list') | list) }}
{% endmacro %}

{#- SQL to select from: the rows of files whose columns are alike. Some writers leave unsaid that a text is one. -#}
{% macro parquet_rows(files) -%}
    read_parquet(
        ['{{ files | map("replace", "'", "''") | join("', '") }}'], binary_as_string = true, hive_partitioning = false
    )
{%- endmacro %}
