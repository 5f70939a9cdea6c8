{#- The last week is all that comes later. -#}
{%- set last_week = 5 %}
{{ config(materialized='table') }}

with

days as (

    select * from {{ ref('int_scored_days') }}

),

open_invoices as (

    select * from {{ ref('int_open_invoices') }}

),

receipts as (

    select * from {{ ref('int_expected_receipts') }}

),

numbers as (
    {{ dbt.generate_series(last_week) }}
),

open_values as (

    select
        scored_day,
        risk_grade,
        days_open,
        days_until_due,
        case
            when days_until_due >= 0
                then least(greatest(cast(ceil(days_until_due / 7.0) as integer), 1), {{ last_week }})
        end as week_due,
        sum(inv_total) as value_open
    from open_invoices
    group by
        scored_day,
        risk_grade,
        days_open,
        days_until_due

),

values_by_week as (

    -- Added as decimals, because sums of doubles depend on the order of rows.
    select
        open_values.*,
        cast(numbers.generated_number as integer) as weeks_ahead,
        cast(open_values.value_open * coalesce(receipts.share_expected, 0) as decimal(28, 10)) as amount_expected
    from open_values
    cross join numbers
    left join receipts
        on
            open_values.scored_day = receipts.scored_day
            and open_values.risk_grade = receipts.risk_grade
            and open_values.days_open = receipts.days_open
            and numbers.generated_number = receipts.weeks_ahead

),

weekly_values as (

    -- A day on which nothing is open has its weeks too.
    select
        days.scored_day,
        cast(numbers.generated_number as integer) as weeks_ahead,
        cast(coalesce(sum(weekly.amount_expected), 0) as decimal(18, 2)) as amount_expected,
        cast(coalesce(sum(case when weekly.days_until_due < 0 then weekly.amount_expected end), 0) as decimal(18, 2))
            as amount_expected_of_overdue,
        coalesce(sum(weekly.value_open), 0) as value_open,
        coalesce(sum(case when weekly.days_until_due < 0 then weekly.value_open end), 0) as value_overdue,
        coalesce(sum(case when weekly.week_due = weekly.weeks_ahead then weekly.value_open end), 0) as amount_due
    from days
    cross join numbers
    left join values_by_week as weekly
        on
            days.scored_day = weekly.scored_day
            and numbers.generated_number = weekly.weeks_ahead
    group by
        days.scored_day,
        numbers.generated_number

),

collections as (

    -- Later comes what is left of everything, whenever that is.
    select
        scored_day,
        weeks_ahead,
        cast(amount_due as decimal(18, 2)) as amount_due,
        cast(case
            when weeks_ahead = {{ last_week }} then value_open - sum(amount_expected) over earlier_weeks
            else amount_expected
        end as decimal(18, 2)) as amount_expected,
        cast(case
            when weeks_ahead = {{ last_week }} then value_overdue - sum(amount_expected_of_overdue) over earlier_weeks
            else amount_expected_of_overdue
        end as decimal(18, 2)) as amount_expected_of_overdue
    from weekly_values
    window earlier_weeks as (
        partition by scored_day
        order by weeks_ahead
        rows between unbounded preceding and 1 preceding
    )

)

select * from collections
