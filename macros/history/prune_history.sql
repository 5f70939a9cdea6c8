{% macro prune_history(keep_days=365, dry_run=true) %}
    {%- do only_on_duckdb('prune_history', 'Nothing was deleted.') -%}
    {%- do check_pruning(keep_days, dry_run) -%}
    {%- set schema = history_schema() -%}
    {%- set history = schema ~ '.invoice_features_history' -%}
    {#- One transaction: the versions go and the note of it is made, or neither. -#}
    {%- do run_query('begin') -%}
    {%- if not run_query(
        "select 1 from information_schema.tables"
        ~ " where table_schema = '" ~ schema ~ "' and table_name = 'invoice_features_history'"
    ) | length -%}
        {{ exceptions.raise_compiler_error(
            'There is no ' ~ history ~ ' in ' ~ target.path ~ ": nothing has been built there from this source yet."
            ~ " The history of landed data: --vars '{raw: landed}'."
        ) }}
    {%- endif -%}
    {%- set versions, pruned_before = run_query(
        'select count(*), cast(cast(max(dbt_valid_from) as date) - ' ~ keep_days ~ ' as varchar) from ' ~ history
    )[0].values() -%}
    {#- A day is judged at its end, so the last of a month ends where the next month begins. -#}
    {%- set superfluous -%}
        from {{ history }}
        where dbt_valid_to <= timestamp '{{ pruned_before }}' and dbt_valid_from >= date_trunc('month', dbt_valid_to)
    {%- endset -%}
    {%- set count = run_query('select count(*) ' ~ superfluous)[0][0] -%}
    {%- do print(
        'Before ' ~ pruned_before ~ ', ' ~ keep_days ~ ' days before the latest change, only the last day of each month'
        ~ ' is kept: ' ~ '{:,}'.format(count) ~ ' of ' ~ '{:,}'.format(versions) ~ ' versions in ' ~ history
        ~ ' hold on other days alone.'
    ) -%}
    {%- if dry_run -%}
        {%- do print(
            "Dry run, nothing was deleted. To delete them: --args '{keep_days: " ~ keep_days ~ ", dry_run: false}'"
        ) -%}
    {%- elif count -%}
        {%- set pruning = snapshot_get_time() ~ ", date '" ~ pruned_before ~ "', " ~ count -%}
        {%- do run_query('delete ' ~ superfluous) -%}
        {%- do run_query('insert into ' ~ schema ~ '.prunings values (' ~ pruning ~ ')') -%}
        {%- do print('Deleted.') -%}
    {%- endif -%}
    {%- do run_query('commit') -%}
{% endmacro %}

{#- Stops a pruning that is asked for in a way that may be a mistake. -#}
{% macro check_pruning(keep_days, dry_run) %}
    {%- if keep_days is not integer or keep_days < 0 -%}
        {{ exceptions.raise_compiler_error("keep_days must be a whole number of days, not '" ~ keep_days ~ "'.") }}
    {%- elif dry_run is not boolean -%}
        {{ exceptions.raise_compiler_error("dry_run must be true or false, not '" ~ dry_run ~ "'.") }}
    {%- endif -%}
{% endmacro %}
