{% macro typed_rows(raw_table, key, columns, rules={}) -%}
with

delivered as (

    select
        {%- for column in columns %}
        nullif({{ column.raw_name or column.name }}, '') as raw_{{ column.name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ raw_relation(raw_table) }}

),

typed as (

    select
        *,
        {%- for column in columns %}
        try_cast(raw_{{ column.name }} as {{ column.type }}) as {{ column.name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from delivered

),

judged as (

    select
        *,
        case
            {%- for column in columns %}
            {%- if not column.optional %}
            when raw_{{ column.name }} is null then '{{ column.raw_name or column.name }} is empty'
            {%- endif %}
            {%- if column.type != 'string' %}
            when {{ is_misread('raw_' ~ column.name, column.name, column.type) }}
                then '{{ column.raw_name or column.name }} is not {{ type_in_words(column.type) }}'
            {%- endif %}
            {%- endfor %}
            {%- for condition, reason in rules.items() %}
            when {{ condition }} then '{{ reason }}'
            {%- endfor %}
        end as reject_reason
    from typed

)

select
    {%- for column in columns %}
    {{ column.name }},
    {%- endfor %}
    reject_reason,
    case
        when reject_reason is not null
            then concat_ws('/'{% for column in key %}, raw_{{ column }}{% endfor %})
    end as delivered_key,
    case
        when reject_reason is not null
            then {{ row_as_json(columns) }}
    end as delivered_row
from judged
{%- endmacro %}
