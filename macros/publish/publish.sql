{% macro publish() %}
    {%- do only_on_duckdb(
        'publish', 'Readers take the Iceberg tables themselves, while audit.last_green_build has a row.'
    ) -%}
    {%- if as_of_date() is not none -%}
        {{ exceptions.raise_compiler_error(
            'What is published is live, so as_of must not be set. Nothing was published.'
        ) }}
    {%- endif -%}
    {%- set marts = published_marts() -%}
    {%- do create_audit() -%}
    {%- set build = last_green_build(marts) -%}
    {#- Not in the transaction: DuckDB's can write to one database only, and this one writes to the server. -#}
    {%- do record_event('begun', {
        'command': 'publish', 'source': build.source, 'as_of': build.as_of, 'is_replay': false,
        'outcome': 'it is still running, or was refused or stopped',
    }) -%}
    {#- One transaction, on the server too: readers see the old rows until it commits, and go on seeing them if it
        does not. -#}
    {%- do run_query('begin') -%}
    {%- do run_query("attach '' as published (type postgres, secret published)") -%}
    {%- do refuse_seeds_over_landed(build) -%}
    {#- Usually nothing. What is as it should be is let alone: each statement locks, and could meet autovacuum in a
        deadlock; so could comments after grants. -#}
    {%- for statement in postgres_structure(marts) + postgres_comments(marts) + postgres_grants(marts)
        + postgres_publications(build) -%}
        {%- do in_postgres(statement) -%}
    {%- endfor -%}
    {%- for mart in marts -%}
        {%- set published = postgres_table(mart) -%}
        {%- set relation = api.Relation.create(mart.database, mart.schema, mart.alias) -%}
        {%- set columns = '"' ~ mart_columns(mart) | join('", "') ~ '"' -%}
        {#- Not truncate: it would lock readers out, and show an empty table to those who began before. -#}
        {%- do in_postgres('delete from ' ~ published) -%}
        {%- do run_query(
            'insert into published.' ~ published ~ ' (' ~ columns ~ ') select ' ~ columns ~ ' from ' ~ relation
        ) -%}
    {%- endfor -%}
    {%- set exported = export_build(build) -%}
    {%- do run_query('commit') -%}
    {%- do record_event(
        'ended', {'outcome': 'published', 'as_of': build.as_of, 'rows_of_marts': tojson(build.rows)}
    ) -%}
    {%- do print('') -%}
    {%- do print_marts(build.rows, exported) -%}
    {%- do print(
        '\n  source    ' ~ build.source ~ '\n  as of     ' ~ build.as_of ~ '\n  manifest  ' ~ root_in_words()
        ~ '/manifest.json\n'
    ) -%}
{% endmacro %}

{#- The last green build: id, source, as_of, built_at and rows. Refuses unless there is one and it knew all marts. -#}
{% macro last_green_build(marts) %}
    {%- set green = run_query('select * from audit.last_green_build') -%}
    {%- set last = run_query('select * from audit.runs where judges_marts order by begun_at desc limit 1') -%}
    {%- if not last | length -%}
        {{ refuse_without_marts(marts) }}
    {%- elif not green | length -%}
        {{ exceptions.raise_compiler_error(
            'The last build of the marts in ' ~ warehouse() ~ ' did not end green: ' ~ last[0]['command']
            ~ ', started ' ~ last[0]['begun_at'] ~ ' UTC: ' ~ last[0]['outcome'] ~ '. Nothing was published.'
            ~ ' Run a whole dbt build, then publish.'
        ) }}
    {%- endif -%}
    {%- set build = green[0] -%}
    {%- set unbuilt = marts | map(attribute='name') | reject('in', build['marts'].split(', ')) | list -%}
    {%- if unbuilt -%}
        {{ exceptions.raise_compiler_error(
            'The last build of the marts in ' ~ warehouse() ~ ' did not know ' ~ unbuilt | join(', ')
            ~ '. Nothing was published. Run a whole dbt build, then publish.'
        ) }}
    {%- endif -%}
    {{ return({
        'id': build['run_id'], 'source': build['source'], 'as_of': build['as_of'] | string,
        'built_at': build['begun_at'] | string, 'rows': rows_of_marts(),
    }) }}
{% endmacro %}

{% macro refuse_without_marts(marts) %}
    {%- set replays = run_query(
        'select distinct table_schema from information_schema.tables'
        ~ " where table_schema like '%\\_asof\\_%' escape '\\' and table_name = '" ~ marts[0].alias ~ "'"
        ~ ' order by all'
    ).columns[0].values() -%}
    {{ exceptions.raise_compiler_error(
        warehouse() ~ (
            ' holds replays only (' ~ replays | join(', ') ~ '), and what is published is live.' if replays
            else ' holds no marts yet.'
        ) ~ ' Nothing was published. Run a whole dbt build without as_of, then publish.'
    ) }}
{% endmacro %}

{#- Refuses to put the seeds in the place of landed data, on the server or in the exports. -#}
{% macro refuse_seeds_over_landed(build) %}
    {%- if build.source == 'seeds' -%}
        {%- set before = last_publication() -%}
        {%- if before not in [none, 'seeds'] -%}
            {{ exceptions.raise_compiler_error(
                'PostgreSQL holds landed data (' ~ before ~ '), and the last build was made from the seeds. Nothing was'
                ~ ' published. Build from landed data, then publish: make build RAW=landed. To publish the seeds, name'
                ~ ' another database: DBT_ENV_SECRET_POSTGRES_DATABASE.'
            ) }}
        {%- elif keeps_landed_data(build) -%}
            {{ exceptions.raise_compiler_error(keeps_landed_data(build) ~ '. Nothing was published.') }}
        {%- endif -%}
    {%- endif -%}
{% endmacro %}
