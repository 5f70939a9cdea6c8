with

chosen_day as (

    select * from {{ ref('int_as_of') }}

),

collections as (

    select * from {{ ref('int_expected_collections') }}

),

collections_today as (

    select
        chosen_day.as_of,
        collections.weeks_ahead,
        {{ days_after('chosen_day.as_of', '7 * collections.weeks_ahead - 6') }} as first_day,
        case
            when collections.weeks_ahead <= 4 then {{ days_after('chosen_day.as_of', '7 * collections.weeks_ahead') }}
        end as last_day,
        collections.amount_due,
        collections.amount_expected,
        collections.amount_expected_of_overdue
    from collections
    inner join chosen_day
        on collections.scored_day = chosen_day.as_of

)

select * from collections_today
