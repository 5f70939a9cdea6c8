{% macro write_manifest(marts, as_of) %}
    {%- set entries = [] -%}
    {%- for mart in marts -%}
        {%- set relation = api.Relation.create(mart.database, mart.schema, mart.alias) -%}
        {%- set columns = [] -%}
        {%- for column, type in mart_columns(mart).items() -%}
            {%- do columns.append("{'name': '" ~ column ~ "', 'type': '" ~ type ~ "'}") -%}
        {%- endfor -%}
        {%- do entries.append(
            "{'mart': '" ~ mart.schema ~ '.' ~ mart.alias ~ "', 'file': '" ~ mart.alias ~ ".parquet',"
            ~ " 'rows': (select count(*) from " ~ relation ~ "), 'columns': [" ~ columns | join(', ') ~ "]}"
        ) -%}
    {%- endfor -%}
    {{ return(write_file(
        "select date '" ~ as_of ~ "' as as_of, [" ~ entries | join(', ') ~ "] as marts", 'manifest.json', 'json'
    )) }}
{% endmacro %}
