{#- Makes what remembers the runs, where it is missing: the table audit.run_events, to which rows are only ever added,
    and two views of it; and the table in which a stream keeps when invoices came in, for models to read. -#}
{% macro create_audit() %}
    {%- do run_query('create schema if not exists audit') -%}
    {%- do run_query('drop table if exists audit.last_build') -%}
    {%- set columns = ['event string', 'happened_at timestamp'] -%}
    {%- for fact, (type, _) in run_facts().items() -%}
        {%- do columns.append(fact ~ ' ' ~ type) -%}
    {%- endfor -%}
    {%- do run_query('create table if not exists audit.run_events (' ~ columns | join(', ') ~ ')') -%}
    {%- do run_query(
        'create table if not exists audit.invoice_arrivals'
        ~ ' (invoice_id bigint, entered_at timestamp, payment_entered_at timestamp)'
    ) -%}
    {%- do run_query('create or replace view audit.runs as ' ~ runs()) -%}
    {%- do run_query('create or replace view audit.last_green_build as ' ~ last_green_build_of_runs()) -%}
    {%- do adapter.dispatch('describe_audit', 'late_payments')(run_facts()) -%}
{% endmacro %}

{#- What is noted about a run: the column's type, and its description. -#}
{% macro run_facts() %}
    {{ return({
        'run_id': ['string', 'Id of the run: the invocation_id of dbt.'],
        'command': ['string', 'land, publish, stream, or the dbt command: dbt build, dbt test, …'],
        'source': ['string', 'Where the rows came from: seeds, mysql, files and their directory, or a stream and what it goes on from.'],
        'as_of': ['date', 'The day whose knowledge was used; null if it was not known, as after a failure.'],
        'is_replay': ['boolean', 'Whether the run was as of a past day, so that it made and judged nothing live.'],
        'marts': ['string', 'Names of the marts that the run was to build, separated by commas; null if none.'],
        'outcome': ['string', 'green: every mart was built and every test on it passed. Otherwise what happened.'],
        'rows_landed': ['string', 'Number of rows by table in raw, as JSON; null unless the run landed.'],
        'rows_of_marts': ['string', 'Number of rows by mart, as JSON; null unless the run built them all.'],
        'failed': ['string', 'Names of the tests and models that failed, separated by commas; null if none.'],
    }) }}
{% endmacro %}

{#- SQL: one row per run, from its two events. A killed run has only the first. -#}
{% macro runs() %}
    select
        begun.run_id,
        begun.command,
        begun.source,
        begun.happened_at as begun_at,
        ended.happened_at as ended_at,
        begun.is_replay,
        coalesce(ended.as_of, begun.as_of) as as_of,
        begun.marts,
        coalesce(ended.outcome, begun.outcome) as outcome,
        ended.rows_landed,
        ended.rows_of_marts,
        ended.failed,
        begun.command = 'stream' or (begun.command = 'land' and coalesce(ended.outcome, '') = 'landed') as changed_raw,
        not begun.is_replay and (begun.marts is not null or ended.failed is not null) as judges_marts
    from audit.run_events as begun
    left join audit.run_events as ended
        on begun.run_id = ended.run_id and ended.event = 'ended'
    where begun.event = 'begun'
{% endmacro %}

{#- SQL: the last run that says something about the live marts, if it is green. -#}
{% macro last_green_build_of_runs() %}
    select *
    from audit.runs
    where
        outcome = 'green'
        and begun_at = (select max(begun_at) from audit.runs where judges_marts)
{% endmacro %}

{#- Adds a row to audit.run_events: begun or ended, now, and what is known by then, a dictionary of run_facts. -#}
{% macro record_event(event, facts) %}
    {%- set now = modules.datetime.datetime.now(modules.pytz.utc) if event == 'ended' else run_started_at -%}
    {%- set values = [] -%}
    {%- for fact, (type, _) in run_facts().items() if fact != 'run_id' -%}
        {%- set value = facts.get(fact) -%}
        {%- set text = 'null' if value is none else dbt.string_literal(dbt.escape_single_quotes(value | string)) -%}
        {%- do values.append('cast(' ~ text ~ ' as ' ~ type ~ ')') -%}
    {%- endfor -%}
    {%- do run_query(
        "insert into audit.run_events values ('" ~ event ~ "', cast('" ~ now.strftime('%Y-%m-%d %H:%M:%S.%f')
        ~ "' as timestamp), '" ~ invocation_id ~ "', " ~ values | join(', ') ~ ')'
    ) -%}
{% endmacro %}

{% macro default__describe_audit(facts) %}
    {%- set descriptions = {
        'event': 'begun or ended.',
        'happened_at': 'When, UTC.',
        'begun_at': 'When the run began, UTC.',
        'ended_at': 'When it ended, UTC; null while it runs, or if it was stopped or refused.',
        'changed_raw': 'Whether the run put rows into raw: a landing that was not refused, or the stream.',
        'invoice_id': 'Number of the invoice in TRS.',
        'entered_at': 'When TRS committed what inserted the invoice, UTC; null if the stream did not follow then.',
        'payment_entered_at': 'When TRS committed its payment date, UTC; null if unpaid, or not followed then.',
        'judges_marts': 'Whether the run built live marts, or found a fault: the last such run decides what is green.',
    } -%}
    {%- for fact, (_, description) in facts.items() -%}
        {%- do descriptions.update({fact: description}) -%}
    {%- endfor -%}
    {%- set comments = [
        "comment on table audit.run_events is 'One row per begin or end of a run. Rows are added and never changed.'",
        "comment on table audit.invoice_arrivals is"
        ~ " 'One row per invoice that came in, or whose payment came in, while a stream followed TRS.'",
        "comment on view audit.runs is"
        ~ " 'One row per run of land, publish, stream and dbt commands that build or test, from run_events.'",
        "comment on view audit.last_green_build is"
        ~ " 'One row: the build whose marts are good; none if a later run says otherwise.'",
    ] -%}
    {%- for relation, column in run_query(
        'select table_name, column_name from duckdb_columns()'
        ~ " where database_name = current_database() and schema_name = 'audit' and column_name in ('"
        ~ descriptions | join("', '") ~ "')"
    ).rows -%}
        {%- do comments.append(
            'comment on column audit.' ~ relation ~ '.' ~ column ~ " is '" ~ descriptions[column] ~ "'"
        ) -%}
    {%- endfor -%}
    {%- do run_statements(comments) -%}
{% endmacro %}

{#- Views of Iceberg's catalogs take comments only where they are created. -#}
{% macro spark__describe_audit(facts) %}{% endmacro %}
