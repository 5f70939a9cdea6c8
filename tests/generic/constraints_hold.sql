{% test constraints_hold(model) %}

    {%- set conditions = [] -%}
    {%- for node in (graph.nodes.values() if execute else []) if node.name == model.identifier -%}
        {%- for column in node.columns.values() -%}
            {%- for constraint in column.constraints -%}
                {%- do conditions.append(
                    column.name ~ ' is not null' if constraint.type == 'not_null' else constraint.expression
                ) -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endfor %}

    with

    judged as (

        select
            case
                {%- for condition in conditions %}
                when not ({{ condition }}) then '{{ dbt.escape_single_quotes(condition) }}'
                {%- endfor %}
            end as broken_constraint,
            *
        from {{ model }}

    )

    select *
    from judged
    where broken_constraint is not null

{% endtest %}
