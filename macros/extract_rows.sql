{% macro extract_rows(files, wanted) %}
    {#- Files whose columns are alike are read together: one with others, or in another order, is not read by their names. -#}
    {%- set alike = {} -%}
    {%- for file in files -%}
        {%- set header = parquet_header(file, wanted) if file.endswith('.parquet') else csv_header(file, wanted) -%}
        {%- do alike.setdefault(header | string, {'header': header, 'files': []}).files.append(file) -%}
    {%- endfor -%}
    {%- set selects = [] -%}
    {%- for group in alike.values() -%}
        {%- set rows = parquet_rows(group.files) if group.files[0].endswith('.parquet') else csv_rows(group.files, group.header) -%}
        {%- do selects.append('select cast(' ~ wanted | join(' as varchar), cast(') ~ ' as varchar) from ' ~ rows) -%}
    {%- endfor -%}
    {{ return(selects | join(' union all ')) }}
{% endmacro %}
