{#- More days than any calendar needs: two centuries. -#}
{%- set most_days = 73049 -%}
{%- set weekdays = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] %}

with

calendar as (

    select * from {{ ref('int_as_of') }}

),

numbers as (
    {{ dbt.generate_series(most_days) }}
),

days as (

    select {{ days_after('calendar.calendar_start', 'cast(numbers.generated_number - 1 as integer)') }} as date_day
    from calendar
    inner join numbers
        on numbers.generated_number <= {{ days_between('calendar.calendar_start', 'calendar.calendar_end') }} + 1

),

dates as (

    select
        date_day,
        cast({{ dbt.date_trunc('month', 'date_day') }} as date) as month_start,
        {{ dbt.last_day('date_day', 'month') }} as month_end,
        cast(extract(year from date_day) as integer) as year_number,
        cast(extract(quarter from date_day) as integer) as quarter_number,
        cast(extract(month from date_day) as integer) as month_number,
        -- The first day of the year 1 was a Monday. Engines number weekdays in ways of their own.
        cast({{ days_between("cast('0001-01-01' as date)", 'date_day') }} % 7 + 1 as integer) as weekday_number
    from days

),

dates_with_weekday as (

    select
        *,
        case weekday_number
            {%- for weekday in weekdays %}
            when {{ loop.index }} then '{{ weekday }}'
            {%- endfor %}
        end as weekday_name
    from dates

)

select * from dates_with_weekday
