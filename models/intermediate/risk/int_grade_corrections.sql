{{ config(materialized='table') }}

with

days as (

    select * from {{ ref('int_scored_days') }}

),

scores as (

    select * from {{ ref('int_invoice_scores') }}

),

recent_outcomes as (

    -- Added as decimals, because sums of doubles depend on the order of rows.
    select
        days.scored_day,
        scores.risk_grade,
        cast(sum(scores.is_late) as bigint) as num_inv_late,
        count(*) as num_inv_known,
        cast(sum(cast(scores.probability_late as decimal(18, 10))) as double) / count(*) as mean_probability
    from scores
    inner join days
        on {{ is_recent('scores.date_outcome', 'days.scored_day') }}
    where scores.probability_late is not null
    group by
        days.scored_day,
        scores.risk_grade

),

corrections as (

    select
        scored_day,
        risk_grade,
        num_inv_known,
        num_inv_late,
        mean_probability,
        {{ smoothed_share('num_inv_late', 'num_inv_known', 'mean_probability') }} as share_late
    from recent_outcomes

),

corrections_in_log_odds as (

    select
        *,
        round({{ log_odds('share_late') }} - {{ log_odds('mean_probability') }}, 10) as correction
    from corrections

)

select * from corrections_in_log_odds
