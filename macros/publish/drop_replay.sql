{% macro drop_replay() %}
    {%- do only_on_duckdb('drop_replay', 'Drop the schemas there.') -%}
    {%- if as_of_date() is none -%}
        {{ exceptions.raise_compiler_error(
            "drop_replay needs to know which: --vars '{as_of: YYYY-MM-DD}'. Nothing was dropped."
        ) }}
    {%- endif -%}
    {%- set suffix = as_of_suffix() -%}
    {%- set schemas = run_query(
        "select distinct schema_name from information_schema.schemata where catalog_name = '" ~ target.database
        ~ "' and ends_with(schema_name, '" ~ suffix ~ "') order by all"
    ).columns[0].values() -%}
    {%- for schema in schemas -%}
        {%- do run_query('drop schema ' ~ adapter.quote(schema) ~ ' cascade') -%}
    {%- endfor -%}
    {%- set files = call_python('drop_export', target.external_root, export_name()) | int -%}
    {%- if not schemas and not files -%}
        {{ exceptions.raise_compiler_error(
            'There is no replay as of ' ~ as_of_date() ~ ' in ' ~ warehouse() ~ ' or ' ~ root_in_words()
            ~ '. Nothing was dropped.'
        ) }}
    {%- endif -%}
    {%- do print('dropped ' ~ schemas | length ~ ' schemas and ' ~ files ~ ' files as of ' ~ as_of_date()) -%}
{% endmacro %}
