{% test row_count_between(model, at_least=1, at_most=none) %}

    with

    row_count as (

        select count(*) as row_count
        from {{ model }}

    )

    select row_count
    from row_count
    where
        row_count < {{ at_least }}
        {% if at_most is not none -%}
            or row_count > {{ at_most }}
        {%- endif %}

{% endtest %}
