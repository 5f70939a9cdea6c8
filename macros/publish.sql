{% macro publish() %}
    {%- do only_on_duckdb('publish', 'Readers take the Iceberg tables themselves, while audit.last_build is green.') -%}
    {%- if as_of_date() is not none -%}
        {{ exceptions.raise_compiler_error('What is published is live, so as_of must not be set. Nothing was published.') }}
    {%- endif -%}
    {%- set marts = published_marts() -%}
    {#- One transaction, on the server too: readers see the old rows until it commits, and go on seeing them if it does not. -#}
    {% do run_query('begin') %}
    {%- set build = last_green_build(marts) -%}
    {% do run_query("attach '' as published (type postgres, secret published)") %}
    {#- Usually nothing. What is as it should be is let alone: each statement locks, and could meet autovacuum in a deadlock;
        so could comments after grants. -#}
    {% for statement in postgres_structure(marts) + postgres_comments(marts) + postgres_grants(marts) %}
        {% do in_postgres(statement) %}
    {% endfor %}
    {%- set lines = [] -%}
    {%- set exported = [] -%}
    {% for mart in marts %}
        {%- set relation = api.Relation.create(mart.database, mart.schema, mart.alias) -%}
        {%- set columns = '"' ~ mart_columns(mart) | join('", "') ~ '"' -%}
        {#- Not truncate: it would lock readers out, and show an empty table to those who began before. -#}
        {% do in_postgres('delete from ' ~ postgres_table(mart)) %}
        {% do run_query(
            'insert into published.' ~ postgres_table(mart) ~ ' (' ~ columns ~ ') select ' ~ columns ~ ' from ' ~ relation
        ) %}
        {#- The files are for scientists, who have no use for telephone numbers. -#}
        {%- set file = none if personal_columns(mart) else export_to_parquet(relation) -%}
        {%- if file -%}
            {%- do exported.append(mart) -%}
        {%- endif -%}
        {%- set rows = run_query('select count(*) from ' ~ relation)[0][0] -%}
        {%- do lines.append('  ' ~ '%-36s %11s rows  %s' | format(
            mart.schema ~ '.' ~ mart.alias, '{:,}'.format(rows), file or 'no file: personal data'
        )) -%}
    {% endfor %}
    {%- set manifest = write_manifest(exported, build['as_of']) -%}
    {% do run_query('commit') %}
    {%- do print('\n' ~ lines | join('\n') ~ '\n\n  as of     ' ~ build['as_of'] ~ '\n  manifest  ' ~ manifest ~ '\n') -%}
{% endmacro %}
