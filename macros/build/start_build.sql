{% macro start_build() %}
    {%- if execute -%}
        {{- adapter.dispatch('start_build', 'late_payments')() -}}
    {%- endif -%}
{% endmacro %}

{% macro default__start_build() %}
    {#- A replay neither makes nor touches what is live. -#}
    {%- if as_of_date() is none -%}
        create schema if not exists audit;
        create table if not exists audit.last_build (
            started_at timestamp,
            command varchar,
            outcome varchar,
            as_of date,
            marts varchar
        );
        comment on table audit.last_build is 'One row: the last run that built live marts, for publish to look at.';
        comment on column audit.last_build.started_at is 'Start of the run, UTC.';
        comment on column audit.last_build.command is 'The dbt command.';
        comment on column audit.last_build.outcome is
            'green if every mart was built, every test on it passed and nothing has failed since; otherwise why not.';
        comment on column audit.last_build.as_of is 'The day whose knowledge the marts hold; null unless green.';
        comment on column audit.last_build.marts is 'Names of the marts, separated by commas; null unless green.';
        {%- if selects_a_mart() %}
        {#- Until the end of the run says otherwise: a killed run leaves it so. #}
        delete from audit.last_build;
        insert into audit.last_build (started_at, command, outcome)
        values ({{ snapshot_get_time() }}, 'dbt {{ flags.WHICH }}', 'it is still running, or was stopped');
        {%- endif %}
    {%- endif -%}
{% endmacro %}

{#- The same, each statement run by itself. -#}
{% macro spark__start_build() %}
    {%- do refuse_half_a_landing() -%}
    {%- if as_of_date() is none -%}
        {%- set table -%}
            create table if not exists audit.last_build (
                started_at timestamp comment 'Start of the run, UTC.',
                command string comment 'The dbt command.',
                outcome string comment
                'green if every mart was built, every test on it passed and nothing has failed since; otherwise why not.',
                as_of date comment 'The day whose knowledge the marts hold; null unless green.',
                marts string comment 'Names of the marts, separated by commas; null unless green.'
            ) comment 'One row: the last run that built live marts. Read them only while it is green.'
        {%- endset -%}
        {%- do run_query('create schema if not exists audit') -%}
        {%- do run_query(table) -%}
        {%- if selects_a_mart() -%}
            {%- set row -%}
                {{ snapshot_get_time() }}, 'dbt {{ flags.WHICH }}', 'it is still running, or was stopped', null, null
            {%- endset -%}
            {%- do run_query('insert overwrite audit.last_build values (' ~ row ~ ')') -%}
        {%- endif -%}
    {%- endif -%}
{% endmacro %}
