{{ config(materialized='table') }}

with

days as (

    select * from {{ ref('int_scored_days') }}

),

scores as (

    select * from {{ ref('int_invoice_scores') }}

),

outcomes as (

    -- By day first: what is joined to the scored days does not grow with the number of invoices. Added as decimals,
    -- because sums of doubles depend on the order of rows.
    select
        date_outcome,
        risk_grade,
        sum(is_late) as num_inv_late,
        count(*) as num_inv_known,
        sum(cast(probability_late as decimal(18, 10))) as sum_of_probabilities
    from scores
    where probability_late is not null
    group by
        date_outcome,
        risk_grade

),

recent_outcomes as (

    select
        days.scored_day,
        outcomes.risk_grade,
        cast(sum(outcomes.num_inv_late) as bigint) as num_inv_late,
        cast(sum(outcomes.num_inv_known) as bigint) as num_inv_known,
        cast(sum(outcomes.sum_of_probabilities) as double) / sum(outcomes.num_inv_known) as mean_probability
    from outcomes
    inner join days
        on {{ is_recent('outcomes.date_outcome', 'days.scored_day') }}
    group by
        days.scored_day,
        outcomes.risk_grade

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
