{% test relationships_as_delivered(model, column_name, to, field, raw_table) %}

    select
        child.{{ column_name }} as from_field,
        count(*) as row_count,
        case when max(rejected.delivered_key) is null then 'no' else 'yes' end as partner_was_rejected
    from {{ model }} as child
    left join {{ to }} as parent
        on child.{{ column_name }} = parent.{{ field }}
    left join (
        select distinct delivered_key
        from {{ ref('trs_rejected_rows') }}
        where raw_table = '{{ raw_table }}'
    ) as rejected
        on cast(child.{{ column_name }} as {{ dbt.type_string() }}) = rejected.delivered_key
    where child.{{ column_name }} is not null and parent.{{ field }} is null
    group by child.{{ column_name }}
    order by partner_was_rejected, from_field

{% endtest %}
