{% macro extract_files(directory, table) %}
    {%- set found, unknown = {}, [] -%}
    {%- for pattern in [table ~ '.*', table ~ '/*'] -%}
        {%- set in_folder = pattern.endswith('/*') -%}
        {%- for file in run_query(
            "select file from glob('" ~ (directory ~ '/' ~ pattern) | replace("'", "''") ~ "') order by file"
        ).columns[0].values() -%}
            {%- set name = file.split('/') | last -%}
            {%- set format = modules.re.search('[.](csv|csv[.]gz|csv[.]zst|parquet)$', name) -%}
            {%- if format and (in_folder or name == table ~ format[0]) -%}
                {%- do found.setdefault((table ~ '/*' if in_folder else table) ~ format[0], []).append(file) -%}
            {%- elif in_folder and not name.startswith(('_', '.')) -%}
                {%- do unknown.append(file) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- if unknown -%}
        {{ exceptions.raise_compiler_error(
            unknown[0] ~ ' is none of *.csv, *.csv.gz, *.csv.zst and *.parquet. All files of the folder are landed, so move it elsewhere.'
        ) }}
    {%- elif not found -%}
        {{ exceptions.raise_compiler_error(
            directory ~ ' holds no extract of ' ~ table ~ ': it must hold one of ' ~ table ~ '.csv, ' ~ table ~ '.csv.gz, '
            ~ table ~ '.csv.zst and ' ~ table ~ '.parquet, or a folder ' ~ table ~ ' with such files.'
        ) }}
    {%- elif found | length > 1 -%}
        {{ exceptions.raise_compiler_error(
            directory ~ ' holds ' ~ found | join(' and ') ~ ': it is not clear which is the extract of ' ~ table ~ '.'
            ~ ' Move all but one elsewhere.'
        ) }}
    {%- endif -%}
    {{ return(found.values() | first) }}
{% endmacro %}
