{% macro create_history_functions(history) %}
    {{- adapter.dispatch('create_history_functions', 'late_payments')(history) -}}
{% endmacro %}

{#- Iceberg's catalogs hold no functions. -#}
{% macro spark__create_history_functions(history) %}{% endmacro %}

{% macro default__create_history_functions(history) %}
    {%- set schema = adapter.quote(history.schema) -%}
    {%- set features = [
        'acct_id', 'inv_total', 'inv_items', 'acct_age', 'num_inv_120d', 'cum_tot_inv_acct', 'is_late'
    ] -%}

    create table if not exists {{ schema }}.prunings (
        pruned_at timestamp,
        pruned_before date,
        versions bigint
    );
    comment on table {{ schema }}.prunings is
        'One row per run of prune_history that deleted something from invoice_features_history.';
    comment on column {{ schema }}.prunings.pruned_at is 'When the run began, UTC.';
    comment on column {{ schema }}.prunings.pruned_before is
        'Of the days before this one the history keeps the last of each month.';
    comment on column {{ schema }}.prunings.versions is 'How many versions were deleted.';

    -- No database is named: the functions also work in a copy of the file under another name.
    create or replace macro {{ schema }}.invoice_features_as_of(day) as table
    with

    limits as (

        select
            cast(min(dbt_valid_from) as date) as kept_since,
            (select max(pruned_before) from {{ schema }}.prunings) as pruned_before
        from {{ schema }}.{{ history.identifier }}

    ),

    end_of_day as (

        select
            case
                when cast(day as date) is null
                    then error(
                        'invoice_features_as_of needs a day, not null; the history begins on ' || kept_since || '.'
                    )
                when cast(day as date) < kept_since
                    then error(
                        'The history begins on ' || kept_since || ': what was in the warehouse on ' || cast(day as date)
                        || ' was not kept. A replay, make build AS_OF=' || cast(day as date) || ', shows the features'
                        || ' as they can be told from the extracts of today.'
                    )
                when cast(day as date) < pruned_before and cast(day as date) <> last_day(cast(day as date))
                    then error(
                        'Before ' || pruned_before || ' the history keeps the last day of each month: not '
                        || cast(day as date) || ', but ' || last_day(cast(day as date)) || '.'
                    )
                else cast(cast(day as date) + 1 as timestamp)
            end as end_of_day
        from limits

    )

    select
        inv_id,
        {{ features | join(',\n        ') }}
    from {{ schema }}.{{ history.identifier }}
    where
        dbt_valid_from < (select end_of_day from end_of_day)
        and dbt_valid_to >= (select end_of_day from end_of_day)
        and dbt_is_deleted = 'False';

    create or replace macro {{ schema }}.invoice_features_changes(first_day, last_day) as table
    with

    both_days as (

        select
            coalesce(old.inv_id, new.inv_id) as inv_id,
            case
                when old.inv_id is null then 'added'
                when new.inv_id is null then 'removed'
                else 'changed'
            end as change,
            {%- for feature in features %}
            cast(old.{{ feature }} as varchar) as old_{{ feature }},
            cast(new.{{ feature }} as varchar) as new_{{ feature }}{{ ',' if not loop.last }}
            {%- endfor %}
        from {{ schema }}.invoice_features_as_of(first_day) as old
        full outer join {{ schema }}.invoice_features_as_of(last_day) as new
            on old.inv_id = new.inv_id

    )
    {% for feature in features %}
    {{ 'union all' if not loop.first }}
    select
        inv_id,
        change,
        '{{ feature }}' as column_name,
        old_{{ feature }} as old_value,
        new_{{ feature }} as new_value
    from both_days
    where old_{{ feature }} is distinct from new_{{ feature }}
    {%- endfor %};
{% endmacro %}
