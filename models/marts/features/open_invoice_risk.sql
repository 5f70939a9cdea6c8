with

chosen_day as (

    select * from {{ ref('int_as_of') }}

),

risks as (

    select * from {{ ref('int_invoice_risk') }}

),

risks_today as (

    select
        risks.invoice_id as inv_id,
        risks.account_id as acct_id,
        risks.inv_total,
        risks.inv_lines,
        risks.date_issued,
        risks.date_due,
        risks.days_open,
        risks.share_late_of_account,
        risks.share_late_of_lines,
        risks.share_late_of_all,
        risks.log_odds,
        risks.risk_grade,
        risks.correction,
        risks.share_of_punctual_unpaid,
        risks.probability_late,
        risks.expected_late_value,
        risks.expected_date_paid,
        chosen_day.as_of
    from risks
    inner join chosen_day
        on risks.scored_day = chosen_day.as_of

)

select * from risks_today
