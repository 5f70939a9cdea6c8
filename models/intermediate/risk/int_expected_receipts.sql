{%- set last_week = 4 %}
{{ config(materialized='table') }}

with

open_invoices as (

    select * from {{ ref('int_open_invoices') }}

),

curves as (

    select * from {{ ref('int_payment_curves') }}

),

numbers as (
    {{ dbt.generate_series(last_week + 1) }}
),

-- Of invoices there are many, of grades and days few.
open_groups as (

    select distinct
        scored_day,
        risk_grade,
        days_open
    from open_invoices

),

groups_by_week as (

    select
        open_groups.*,
        cast(numbers.generated_number - 1 as integer) as weeks_ahead,
        cast(open_groups.days_open + 7 * (numbers.generated_number - 1) as integer) as days_open_then
    from open_groups
    cross join numbers

),

shares_unpaid as (

    select
        groups_by_week.*,
        coalesce(curves.share_unpaid, 1) as share_unpaid
    from groups_by_week
    left join curves
        on
            groups_by_week.scored_day = curves.scored_day
            and groups_by_week.risk_grade = curves.risk_grade
            and groups_by_week.days_open_then >= curves.days_open
            and (groups_by_week.days_open_then < curves.next_days_open or curves.next_days_open is null)

),

shares_paid as (

    select
        *,
        (lag(share_unpaid) over by_week) - share_unpaid as share_paid,
        first_value(share_unpaid) over by_week as share_unpaid_today
    from shares_unpaid
    window by_week as (
        partition by scored_day, risk_grade, days_open
        order by weeks_ahead
    )

),

receipts as (

    -- Of what has been open for longer than any was, nobody knows when it comes.
    select
        scored_day,
        risk_grade,
        days_open,
        weeks_ahead,
        coalesce(share_paid / nullif(share_unpaid_today, 0), 0) as share_expected
    from shares_paid
    where weeks_ahead > 0

)

select * from receipts
