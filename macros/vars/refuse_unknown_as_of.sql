{% macro refuse_unknown_as_of(raw_invoices) %}
    {%- set as_of = as_of_date() -%}
    {%- if execute and flags.WHICH in ['build', 'run'] and as_of is not none -%}
        {%- set known = known_days(raw_invoices) -%}
        {%- if known and (as_of < known['first'] or as_of > known['last']) -%}
            {%- do drop_empty_schemas(as_of_suffix()) -%}
            {{ exceptions.raise_compiler_error(
                'The var as_of may be any day from ' ~ known['first'] ~ ' to ' ~ known['last'] ~ ', not ' ~ as_of ~ '. '
                ~ 'The first invoice was issued on ' ~ known['first'] ~ ', and the latest issue or payment was on '
                ~ known['latest_trade'] ~ '; max_idle_days (' ~ var('max_idle_days') ~ ') after it nothing is known any '
                ~ 'more, and what had been paid since would look late. Nothing was built.'
            ) }}
        {%- endif -%}
    {%- endif -%}
{% endmacro %}

{#- The first and the last day that as_of may be, and the latest one of an issue or payment, as text; none if the
    extracts hold no day, which the tests of staging then say. -#}
{% macro known_days(raw_invoices) %}
    {%- set invoices = extract_of_invoices(raw_invoices) -%}
    {%- if invoices is none -%}
        {{ return(none) }}
    {%- endif -%}
    {%- set query -%}
        with

        delivered as (

            select
                try_cast(date_issued as date) as date_issued,
                try_cast(nullif(payment_dates, '') as date) as date_paid
            from {{ invoices }}

        ),

        days_of_trade as (

            select date_issued as trade_day, date_issued from delivered
            union all
            select date_paid as trade_day, date_issued from delivered

        )

        select
            min(date_issued) as first_issue,
            max(trade_day) as latest_trade
        from days_of_trade
        where not {{ is_no_day_of_trade('trade_day') }} and not {{ is_no_day_of_trade('date_issued') }}
    {%- endset -%}
    {%- set found = run_query(query)[0] -%}
    {%- if found['first_issue'] is none -%}
        {{ return(none) }}
    {%- endif -%}
    {%- set last = found['latest_trade'] + modules.datetime.timedelta(days=whole_number_var('max_idle_days')) -%}
    {{ return({
        'first': found['first_issue'] | string,
        'latest_trade': found['latest_trade'] | string,
        'last': last | string,
    }) }}
{% endmacro %}

{#- What to select the delivered invoices from before anything is built: the landed table, none if nothing has landed;
    of seeds the file, because a build loads it later. -#}
{% macro extract_of_invoices(raw_invoices) %}
    {%- if raw_in_use() == 'landed' -%}
        {{ return(load_relation(raw_invoices)) }}
    {%- endif -%}
    {%- set seed = graph.nodes.values() | selectattr('resource_type', 'equalto', 'seed')
        | selectattr('name', 'equalto', 'invoices') | first -%}
    {%- set file = dbt.escape_single_quotes(seed.root_path ~ '/' ~ seed.original_file_path) -%}
    {{ return("read_csv('" ~ file ~ "', all_varchar = true, header = true, ignore_errors = true)") }}
{% endmacro %}

{#- dbt makes the schemas of a run before anything can refuse it. -#}
{% macro drop_empty_schemas(suffix) %}
    {{- adapter.dispatch('drop_empty_schemas', 'late_payments')(suffix) -}}
{% endmacro %}

{% macro default__drop_empty_schemas(suffix) %}
    {%- set query -%}
        select schema_name
        from information_schema.schemata
        where
            catalog_name = current_database()
            and ends_with(schema_name, '{{ suffix }}')
            and schema_name not in (
                select table_schema from information_schema.tables where table_catalog = current_database()
            )
    {%- endset -%}
    {%- set schemas = run_query(query).columns[0].values() -%}
    {#- In a transaction that dbt knows of, and committed here: the refusal that follows would roll it back. -#}
    {%- call statement('drop_empty_schemas', auto_begin=true) -%}
        {%- for schema in schemas %}
        drop schema {{ adapter.quote(schema) }};
        {%- endfor %}
        commit
    {%- endcall -%}
{% endmacro %}

{#- An empty namespace of Iceberg's is nothing that anybody sees. -#}
{% macro spark__drop_empty_schemas(suffix) %}
{% endmacro %}
