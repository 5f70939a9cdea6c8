{#- The buckets of an ageing of receivables: by name the SQL for whether an unpaid invoice is in it, given SQL for its days
    beyond the due date, which are none or fewer while it is not overdue. -#}
{% macro ageing_buckets(days) %}
    {{ return({
        'current': days ~ ' <= 0',
        '1_to_30': days ~ ' between 1 and 30',
        '31_to_60': days ~ ' between 31 and 60',
        '61_to_90': days ~ ' between 61 and 90',
        'over_90': days ~ ' > 90',
    }) }}
{% endmacro %}
