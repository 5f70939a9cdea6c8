{{ config(materialized='table') }}

with

invoices as (

    select
        *,
        {{ late_log_odds('share_late_of_account', 'share_late_of_lines', 'share_late_of_all') }} as log_odds
    from {{ ref('int_open_invoices') }}
    where days_until_due >= 0

),

corrections as (

    select * from {{ ref('int_grade_corrections') }}

),

days_to_pay as (

    select * from {{ ref('int_days_to_pay') }}

),

corrected_invoices as (

    select
        invoices.*,
        coalesce(corrections.correction, 0) as correction,
        {{ from_log_odds('invoices.log_odds + coalesce(corrections.correction, 0)') }} as probability_corrected
    from invoices
    left join corrections
        on
            invoices.scored_day = corrections.scored_day
            and invoices.risk_grade = corrections.risk_grade

),

invoices_with_probability as (

    -- Bayes: the longer an invoice is open, the fewer of those who pay in time could still be its payer.
    select
        invoices.*,
        days_to_pay.share_of_punctual_unpaid,
        days_to_pay.mean_days_if_punctual,
        days_to_pay.mean_days_if_late,
        round(
            invoices.probability_corrected / (
                invoices.probability_corrected
                + (1 - invoices.probability_corrected) * days_to_pay.share_of_punctual_unpaid
            ),
            10
        ) as probability_late
    from corrected_invoices as invoices
    inner join days_to_pay
        on
            invoices.scored_day = days_to_pay.scored_day
            and invoices.days_open = days_to_pay.days_open

),

invoices_with_days_to_pay as (

    select
        *,
        cast(round(
            probability_late * mean_days_if_late + (1 - probability_late) * mean_days_if_punctual
        ) as integer) as expected_days_to_pay
    from invoices_with_probability

),

invoices_at_risk as (

    select
        scored_day,
        invoice_id,
        account_id,
        date_issued,
        date_due,
        inv_total,
        inv_lines,
        days_open,
        days_until_due,
        risk_grade,
        share_late_of_account,
        share_late_of_lines,
        share_late_of_all,
        log_odds,
        correction,
        share_of_punctual_unpaid,
        probability_late,
        cast(inv_total * coalesce(probability_late, 0) as decimal(18, 2)) as expected_late_value,
        {{ days_after('date_issued', 'expected_days_to_pay') }} as expected_date_paid
    from invoices_with_days_to_pay

)

select * from invoices_at_risk
