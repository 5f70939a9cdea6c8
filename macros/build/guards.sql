{#- Whether the command at hand is one that builds or tests. The others, such as compile and docs, render the hooks too,
    and leave no trace. -#}
{% macro is_run() %}
    {{ return(execute and flags.WHICH in ['build', 'run', 'seed', 'snapshot', 'test']) }}
{% endmacro %}

{#- Refuses whatever would reach the history or the exports past a test. -#}
{% macro refuse_untested_history() %}
    {#- A retry is the only run that selects nothing: it goes on with what is left of another. -#}
    {%- if not selected_resources or flags.INVOCATION_COMMAND.split()[1:] | select('equalto', 'retry') | list -%}
        {{ refuse_run('dbt retry goes on with a part, and what it leaves out may have changed since') }}
    {%- elif flags.WHICH == 'build' and (flags.EMPTY or invocation_args_dict.get('sample')) -%}
        {{ refuse_run('dbt build with --empty or --sample takes rows for deleted that were only left out') }}
    {%- endif -%}
    {%- for snapshot in selected_resources | sort if snapshot.startswith('snapshot.') -%}
        {%- set missing = stands_before(snapshot) | reject('in', selected_resources) | list -%}
        {%- if flags.WHICH != 'build' or missing -%}
            {{ refuse_run(
                'dbt ' ~ flags.WHICH ~ ' would write to ' ~ snapshot.split('.') | last ~ ' without building and testing'
                ~ ' all that stands before it' ~ (': ' ~ missing | length ~ ' models and tests are left out, such as '
                ~ missing[0].split('.')[2] if missing else '')
            ) }}
        {%- endif -%}
    {%- endfor -%}
{% endmacro %}

{% macro refuse_run(reason) %}
    {{ exceptions.raise_compiler_error(
        reason ~ '. Nothing was changed. Run a whole build: dbt build, with the vars of before'
        ~ ' (docs/runbook.md, "A command was refused").'
    ) }}
{% endmacro %}

{#- The ids of the models, snapshots and data tests that a whole run builds and passes before it comes to a node. -#}
{% macro stands_before(unique_id) %}
    {%- set family, needed = [unique_id], [] -%}
    {#- The list grows while it is walked, until there are no more parents. -#}
    {%- for id in family if id in graph.nodes -%}
        {%- for parent in graph.nodes[id].depends_on.nodes if parent not in family -%}
            {%- do family.append(parent) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- set ancestors = family[1:] -%}
    {%- for node in graph.nodes.values() -%}
        {%- set parents = node.depends_on.nodes -%}
        {%- if node.resource_type == 'test' and parents and not parents | reject('in', ancestors) | list -%}
            {%- do needed.append(node.unique_id) -%}
        {%- elif node.resource_type in ['model', 'snapshot'] and node.unique_id in ancestors
            and node.config.materialized != 'ephemeral' -%}
            {%- do needed.append(node.unique_id) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(needed) }}
{% endmacro %}
