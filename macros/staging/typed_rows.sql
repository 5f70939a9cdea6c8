{% macro typed_rows(raw_table, key, columns, rules={}) -%}
{%- set kept_columns = columns | rejectattr('judged_only', 'defined') | list -%}
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
            {%- if column.type == 'string' %}
            when {{ holds_nul('raw_' ~ column.name) }}
                then '{{ column.raw_name or column.name }} holds a NUL character'
            {%- else %}
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
    {%- for column in kept_columns %}
    {{ column.name }},
    {%- endfor %}
    reject_reason,
    case
        when reject_reason is not null
            then concat_ws('/'{% for column in key %}, raw_{{ column }}{% endfor %})
    end as delivered_key,
    case
        when reject_reason is not null
            then {{ row_as_json(kept_columns) }}
    end as delivered_row
from judged
{%- endmacro %}

{#- SQL that is true where a delivered text is not exactly a value of its type; false or null for a null text. -#}
{% macro is_misread(raw, typed, type) -%}
    {#- A cast alone is too kind: it reads ' 7', '7.4', '1e3' and '2021-4-6 10:00'. So whole numbers and dates must
        be written as the type itself writes them, and amounts must lose nothing when they are read. -#}
    {%- if type.startswith('decimal') -%}
        coalesce({{ typed }} <> try_cast({{ raw }} as decimal(38, 9)), {{ raw }} is not null)
    {%- elif type == 'date' -%}
        {{ raw }} <> coalesce(cast({{ typed }} as {{ dbt.type_string() }}), '') or length({{ raw }}) <> 10
    {%- else -%}
        {{ raw }} <> coalesce(cast({{ typed }} as {{ dbt.type_string() }}), '')
    {%- endif -%}
{%- endmacro %}

{#- SQL that is true where a text holds a character that PostgreSQL cannot; false or null where it does not. -#}
{% macro holds_nul(text) -%}
    instr({{ text }}, chr(0)) > 0
{%- endmacro %}

{#- SQL that is true of a day on which this trade cannot have gone on; false or null for any other. -#}
{% macro is_no_day_of_trade(day, first='1970-01-02') -%}
    {#- What stands for no date is often a date: 0001-01-01, 1000-01-01, 1753-01-01, 1900-01-01 and, after them all,
        1970-01-01, the zero of computers' clocks; 2099-12-31 and 9999-12-31 at the other end. -#}
    {{ day }} not between date '{{ first }}' and date '2099-12-30'
{%- endmacro %}

{#- How a value of a type must be written, in the words of a reject_reason. -#}
{% macro type_in_words(type) -%}
    {%- if type.startswith('decimal') -%}
        an amount with at most two decimals
    {%- elif type == 'date' -%}
        a date written YYYY-MM-DD
    {%- else -%}
        a whole number
    {%- endif -%}
{%- endmacro %}

{#- SQL for the delivered texts of a row as JSON, under the names that they were delivered with. -#}
{% macro row_as_json(columns) %}
    {{- return(adapter.dispatch('row_as_json', 'late_payments')(columns)) -}}
{% endmacro %}

{% macro default__row_as_json(columns) -%}
    to_json({
    {%- for column in columns -%}
        '{{ column.raw_name or column.name }}': raw_{{ column.name }}{{ ', ' if not loop.last }}
    {%- endfor -%}
    })
{%- endmacro %}

{#- Spark leaves nulls out unless told otherwise. -#}
{% macro spark__row_as_json(columns) -%}
    to_json(named_struct(
    {%- for column in columns -%}
        '{{ column.raw_name or column.name }}', raw_{{ column.name }}{{ ', ' if not loop.last }}
    {%- endfor -%}
    ), map('ignoreNullFields', 'false'))
{%- endmacro %}
