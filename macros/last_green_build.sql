{% macro last_green_build(marts) %}
    {%- set is_recorded = run_query(
        "select 1 from information_schema.tables where table_schema = 'audit' and table_name = 'last_build'"
    ) | length -%}
    {%- set last = run_query('select * from audit.last_build') if is_recorded else [] -%}
    {%- if not last | length -%}
        {%- set replays = run_query(
            "select distinct table_schema from information_schema.tables where table_schema like '%\\_asof\\_%' escape '\\'"
            ~ " and table_name = '" ~ marts[0].alias ~ "' order by all"
        ).columns[0].values() -%}
        {{ exceptions.raise_compiler_error(
            target.path ~ (
                ' holds replays only (' ~ replays | join(', ') ~ '), and what is published is live.' if replays
                else ' holds no marts yet.'
            ) ~ ' Nothing was published. Run a whole dbt build without as_of, then publish.'
        ) }}
    {%- endif -%}
    {%- set build = last[0] -%}
    {%- set unbuilt = marts | map(attribute='name') | reject('in', (build['marts'] or '').split(', ')) | list -%}
    {%- if build['outcome'] != 'green' -%}
        {{ exceptions.raise_compiler_error(
            'The last build of the marts in ' ~ target.path ~ ' did not end green: ' ~ build['command'] ~ ', started '
            ~ build['started_at'] ~ ' UTC: ' ~ build['outcome'] ~ '. Nothing was published.'
            ~ ' Run a whole dbt build, then publish.'
        ) }}
    {%- elif unbuilt -%}
        {{ exceptions.raise_compiler_error(
            'The last build of the marts in ' ~ target.path ~ ' did not know ' ~ unbuilt | join(', ')
            ~ '. Nothing was published. Run a whole dbt build, then publish.'
        ) }}
    {%- endif -%}
    {{ return(build) }}
{% endmacro %}
