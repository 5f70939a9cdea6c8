{% macro prune_change_events(keep_days=365, dry_run=true) %}
    {%- do only_on_duckdb('prune_change_events', 'Nothing was deleted.') -%}
    {%- do check_pruning(keep_days, dry_run) -%}
    {%- do run_query('begin') -%}
    {%- if not run_query(
        "select 1 from information_schema.tables where table_schema = 'raw' and table_name = 'change_events'"
    ) | length -%}
        {{ exceptions.raise_compiler_error(
            'There is no raw.change_events in ' ~ target.path ~ ': no stream has run there yet.'
        ) }}
    {%- endif -%}
    {%- set events, pruned_before = run_query(
        'select count(*), cast(cast(max(landed_at) as date) - ' ~ keep_days ~ ' as varchar) from raw.change_events'
    )[0].values() -%}
    {%- set superfluous = "from raw.change_events where landed_at < timestamp '" ~ pruned_before ~ "'" -%}
    {%- set count = run_query('select count(*) ' ~ superfluous)[0][0] if events else 0 -%}
    {%- do print(
        '{:,}'.format(count) ~ ' of ' ~ '{:,}'.format(events) ~ ' changes in raw.change_events'
        ~ (' were landed before ' ~ pruned_before ~ ', ' ~ keep_days ~ ' days before the latest.' if events else '.')
    ) -%}
    {%- if dry_run -%}
        {%- do print(
            "Dry run, nothing was deleted. To delete them: --args '{keep_days: " ~ keep_days ~ ", dry_run: false}'"
        ) -%}
    {%- elif count -%}
        {%- do run_query('delete ' ~ superfluous) -%}
        {%- do print('Deleted.') -%}
    {%- endif -%}
    {%- do run_query('commit') -%}
{% endmacro %}
