with

chosen_day as (

    select * from {{ ref('int_as_of') }}

),

open_invoices as (

    select * from {{ ref('int_open_invoices') }}

),

payments as (

    select
        invoice_id,
        date_paid
    from {{ ref('int_invoices') }}
    where date_paid is not null

),

expected as (

    select
        scored_day,
        weeks_ahead,
        amount_due,
        amount_expected,
        {{ days_after('scored_day', '7 * weeks_ahead - 6') }} as first_day,
        {{ days_after('scored_day', '7 * weeks_ahead') }} as last_day
    from {{ ref('int_expected_collections') }}
    where weeks_ahead <= 4

),

expected_of_past_weeks as (

    select expected.*
    from expected
    inner join chosen_day
        on expected.last_day <= chosen_day.as_of

),

collected as (

    select
        open_invoices.scored_day,
        cast(ceil({{ days_between('open_invoices.scored_day', 'payments.date_paid') }} / 7.0) as integer) as weeks_ahead,
        sum(open_invoices.inv_total) as amount_collected
    from open_invoices
    inner join payments
        on open_invoices.invoice_id = payments.invoice_id
    group by
        open_invoices.scored_day,
        cast(ceil({{ days_between('open_invoices.scored_day', 'payments.date_paid') }} / 7.0) as integer)

),

collections_by_month as (

    select
        cast({{ dbt.date_trunc('month', 'expected.scored_day') }} as date) as month_start,
        expected.scored_day,
        expected.weeks_ahead,
        expected.first_day,
        expected.last_day,
        expected.amount_due,
        expected.amount_expected,
        cast(coalesce(collected.amount_collected, 0) as decimal(18, 2)) as amount_collected
    from expected_of_past_weeks as expected
    left join collected
        on
            expected.scored_day = collected.scored_day
            and expected.weeks_ahead = collected.weeks_ahead

)

select * from collections_by_month
