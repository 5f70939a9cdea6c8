with

chosen_day as (

    select * from {{ ref('int_as_of') }}

),

risks as (

    select * from {{ ref('int_invoice_risk') }}

),

invoices as (

    select * from {{ ref('int_invoices') }}

),

judged_risks as (

    -- Days of which every invoice has since been paid or become overdue.
    select
        risks.scored_day,
        risks.probability_late,
        risks.inv_total,
        risks.expected_late_value,
        invoices.is_late,
        rank() over (partition by risks.scored_day order by risks.probability_late) as lowest_rank,
        count(*) over (partition by risks.scored_day, risks.probability_late) as num_of_rank
    from risks
    inner join chosen_day
        on {{ date_due('risks.scored_day') }} < chosen_day.as_of
    inner join invoices
        on risks.invoice_id = invoices.invoice_id
    where risks.probability_late is not null

),

sums as (

    -- Added as decimals, because sums of doubles depend on the order of rows.
    select
        scored_day,
        cast(sum(is_late) as bigint) as num_inv_late,
        cast(sum(cast(probability_late as decimal(18, 10))) as double) as sum_of_probabilities,
        cast(sum(cast(
            (probability_late - is_late) * (probability_late - is_late) as decimal(18, 15)
        )) as double) as sum_of_squares,
        cast(sum(expected_late_value) as decimal(18, 2)) as expected_late_value,
        cast(sum(is_late * inv_total) as decimal(18, 2)) as late_value,
        count(*) as num_inv_scored,
        -- Invoices of one probability share their ranks: twice the middle of them is a whole number.
        cast(sum(is_late * (2 * lowest_rank + num_of_rank - 1)) as double) / 2 as sum_of_ranks_late
    from judged_risks
    group by scored_day

),

risk_by_month as (

    select
        cast({{ dbt.date_trunc('month', 'scored_day') }} as date) as month_start,
        scored_day,
        num_inv_scored,
        num_inv_late,
        sum_of_probabilities / num_inv_scored as mean_probability,
        cast(num_inv_late as double) / num_inv_scored as share_late,
        round(sum_of_squares / num_inv_scored, 10) as brier_score,
        (sum_of_ranks_late - num_inv_late * (num_inv_late + 1) / 2.0)
        / nullif(num_inv_late * (num_inv_scored - num_inv_late), 0) as roc_auc,
        expected_late_value,
        late_value
    from sums

)

select * from risk_by_month
