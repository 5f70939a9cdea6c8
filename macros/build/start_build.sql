{% macro start_build() %}
    {%- if is_run() -%}
        {%- do refuse_untested_history() -%}
        {{- adapter.dispatch('refuse_mixed_raw', 'late_payments')() -}}
        {%- do create_audit() -%}
        {%- set marts = published_marts() | selectattr('unique_id', 'in', selected_resources) -%}
        {%- do record_event('begun', {
            'command': 'dbt ' ~ flags.WHICH,
            'source': source_of_raw(),
            'as_of': as_of_date(),
            'is_replay': as_of_date() is not none,
            'marts': marts | map(attribute='name') | join(', ') or none,
            'outcome': 'it is still running, or was stopped',
        }) -%}
    {%- endif -%}
{% endmacro %}

{#- DuckDB lands in one transaction. -#}
{% macro default__refuse_mixed_raw() %}{% endmacro %}

{% macro spark__refuse_mixed_raw() %}
    {%- do refuse_half_a_landing() -%}
{% endmacro %}

{#- In words, where the rows in use come from: seeds, or what the last landing or the stream said. -#}
{% macro source_of_raw() %}
    {%- if raw_in_use() == 'seeds' -%}
        {{ return('seeds') }}
    {%- endif -%}
    {%- set landed = run_query(
        'select source from audit.runs where changed_raw order by begun_at desc limit 1'
    ) -%}
    {{ return(landed[0][0] if landed | length else 'landed before landings were recorded') }}
{% endmacro %}
