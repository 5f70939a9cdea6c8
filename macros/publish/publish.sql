{% macro publish() %}
    {%- do only_on_duckdb('publish', 'Readers take the Iceberg tables themselves, while audit.last_build is green.') -%}
    {%- if as_of_date() is not none -%}
        {{ exceptions.raise_compiler_error(
            'What is published is live, so as_of must not be set. Nothing was published.'
        ) }}
    {%- endif -%}
    {%- set marts = published_marts() -%}
    {#- One transaction, on the server too: readers see the old rows until it commits, and go on seeing them if it
        does not. -#}
    {%- do run_query('begin') -%}
    {%- set build = last_green_build(marts) -%}
    {%- do run_query("attach '' as published (type postgres, secret published)") -%}
    {#- Usually nothing. What is as it should be is let alone: each statement locks, and could meet autovacuum in a
        deadlock; so could comments after grants. -#}
    {%- for statement in postgres_structure(marts) + postgres_comments(marts) + postgres_grants(marts) -%}
        {%- do in_postgres(statement) -%}
    {%- endfor -%}
    {%- set lines, exported = [], [] -%}
    {%- for mart in marts -%}
        {%- set published = postgres_table(mart) -%}
        {%- set relation = api.Relation.create(mart.database, mart.schema, mart.alias) -%}
        {%- set columns = '"' ~ mart_columns(mart) | join('", "') ~ '"' -%}
        {#- Not truncate: it would lock readers out, and show an empty table to those who began before. -#}
        {%- do in_postgres('delete from ' ~ published) -%}
        {%- do run_query(
            'insert into published.' ~ published ~ ' (' ~ columns ~ ') select ' ~ columns ~ ' from ' ~ relation
        ) -%}
        {#- The files are for scientists, who have no use for telephone numbers. -#}
        {%- set is_personal = mart.columns.values() | selectattr('config.meta.contains_pii') | list -%}
        {%- set file = none if is_personal else export_to_parquet(relation) -%}
        {%- if file -%}
            {%- do exported.append(mart) -%}
        {%- endif -%}
        {%- set rows = run_query('select count(*) from ' ~ relation)[0][0] -%}
        {%- do lines.append('  %-36s %11s rows  %s' | format(
            mart.schema ~ '.' ~ mart.alias, '{:,}'.format(rows), file or 'no file: personal data'
        )) -%}
    {%- endfor -%}
    {%- set manifest = write_manifest(exported, build['as_of']) -%}
    {%- do run_query('commit') -%}
    {%- do print(
        '\n' ~ lines | join('\n') ~ '\n\n  as of     ' ~ build['as_of'] ~ '\n  manifest  ' ~ manifest ~ '\n'
    ) -%}
{% endmacro %}

{#- The row of audit.last_build. Refuses unless the last build of live marts ended green and knew all of them. -#}
{% macro last_green_build(marts) %}
    {%- set is_recorded = run_query(
        "select 1 from information_schema.tables where table_schema = 'audit' and table_name = 'last_build'"
    ) | length -%}
    {%- set last = run_query('select * from audit.last_build') if is_recorded else [] -%}
    {%- if not last | length -%}
        {%- set replays = run_query(
            'select distinct table_schema from information_schema.tables'
            ~ " where table_schema like '%\\_asof\\_%' escape '\\' and table_name = '" ~ marts[0].alias ~ "'"
            ~ ' order by all'
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
