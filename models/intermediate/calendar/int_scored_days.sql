{{ config(materialized='table') }}

with

balances as (

    select * from {{ ref('int_monthly_balances') }}

),

scored_days as (

    -- The last of them is the day as_of; those before it show how far the scores can be believed.
    select month_end_or_as_of as scored_day
    from balances

)

select * from scored_days
