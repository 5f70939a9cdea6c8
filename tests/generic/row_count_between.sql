{% test row_count_between(model, min_value=1, max_value=none) %}

    with

    row_count as (

        select count(*) as row_count
        from {{ model }}

    )

    select row_count
    from row_count
    where
        row_count < {{ min_value }}
        {% if max_value is not none -%}
            or row_count > {{ max_value }}
        {%- endif %}

{% endtest %}
