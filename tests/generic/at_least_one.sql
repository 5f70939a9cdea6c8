{% test at_least_one(model, column_name) %}

    {#- Some rows of a table prove nothing. -#}
    {{ config(meta={'judged_by': 'all'}) }}

    select count({{ column_name }}) as row_count
    from {{ model }}
    having count({{ column_name }}) = 0

{% endtest %}
