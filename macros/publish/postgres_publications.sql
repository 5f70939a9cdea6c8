{#- Statements that note a publication in audit.publications, for every reader to see, and make that table where it is
    missing. -#}
{% macro postgres_publications(build) %}
    {%- set statements, readers = [], [] -%}
    {%- if has_publications() -%}
        {%- do readers.extend(from_postgres(
            "select rolname from pg_roles where has_table_privilege(oid, 'audit.publications', 'select')"
            ~ " and has_schema_privilege(oid, 'audit', 'usage')"
        ).columns[0].values()) -%}
    {%- else -%}
        {%- do statements.extend([
            'create schema if not exists audit',
            'create table audit.publications'
            ~ ' (published_at timestamp, build_id text, built_at timestamp, source text, as_of date)',
            "comment on table audit.publications is 'One row per publication: the last one is what the marts hold.'",
            "comment on column audit.publications.published_at is 'When it was published, UTC.'",
            "comment on column audit.publications.build_id is 'Id of the build: run_id in audit.runs of its database.'",
            "comment on column audit.publications.built_at is 'When the build began, UTC.'",
            "comment on column audit.publications.source is"
            ~ " 'Where the rows came from: seeds, mysql, or files and their directory.'",
            "comment on column audit.publications.as_of is 'The day whose knowledge the marts hold.'",
        ]) -%}
    {%- endif -%}
    {%- for role in var('readers') if role not in readers -%}
        {%- do statements.append('grant usage on schema audit to ' ~ adapter.quote(role)) -%}
        {%- do statements.append('grant select on audit.publications to ' ~ adapter.quote(role)) -%}
    {%- endfor -%}
    {%- do statements.append(
        'insert into audit.publications values (' ~ [
            "timestamp '" ~ run_started_at.strftime('%Y-%m-%d %H:%M:%S.%f') ~ "'", "'" ~ build.id ~ "'",
            "timestamp '" ~ build.built_at ~ "'", postgres_text(build.source), "date '" ~ build.as_of ~ "'",
        ] | join(', ') ~ ')'
    ) -%}
    {{ return(statements) }}
{% endmacro %}

{% macro has_publications() %}
    {{ return(from_postgres("select 1 from pg_class where oid = to_regclass('audit.publications')") | length > 0) }}
{% endmacro %}

{#- The source of what is published now; none if nothing is. -#}
{% macro last_publication() %}
    {%- if has_publications() -%}
        {%- set last = from_postgres('select source from audit.publications order by published_at desc limit 1') -%}
        {{ return(last[0][0] if last | length else none) }}
    {%- endif -%}
    {{ return(none) }}
{% endmacro %}
