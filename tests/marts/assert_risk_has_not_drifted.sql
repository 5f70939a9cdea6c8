-- Only warns: what is built is as right as it was, and no rerun would change it.
{{ config(severity='warn') }}

with

months as (

    select
        *,
        row_number() over (order by month_start desc) as months_back
    from {{ ref('risk_by_month') }}

),

last_month as (

    select
        month_start,
        num_inv_scored,
        mean_probability,
        share_late,
        abs(mean_probability - share_late) as difference,
        -- Of as many invoices that are late independently of each other.
        sqrt(mean_probability * (1 - mean_probability) / num_inv_scored) as standard_error
    from months
    where months_back = 1

)

select *
from last_month
where
    difference > 0.05
    and difference > 3 * standard_error
