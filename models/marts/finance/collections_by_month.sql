with

chosen_day as (

    select * from {{ ref('int_as_of') }}

),

expected as (

    select * from {{ ref('int_expected_collections') }}

),

open_invoices as (

    select * from {{ ref('int_open_invoices') }}

),

invoices as (

    select * from {{ ref('int_invoices') }}

),

weeks as (

    select
        *,
        {{ days_after('scored_day', '7 * weeks_ahead - 6') }} as first_day,
        {{ days_after('scored_day', '7 * weeks_ahead') }} as last_day
    from expected
    where weeks_ahead <= 4

),

payments as (

    -- What has not been paid yet is of no week.
    select
        open_invoices.scored_day,
        open_invoices.inv_total,
        cast(ceil({{ days_between('open_invoices.scored_day', 'invoices.date_paid') }} / 7.0) as integer) as weeks_ahead
    from open_invoices
    inner join invoices
        on open_invoices.invoice_id = invoices.invoice_id

),

collected as (

    select
        scored_day,
        weeks_ahead,
        sum(inv_total) as amount_collected
    from payments
    group by
        scored_day,
        weeks_ahead

),

collections_by_month as (

    select
        cast({{ dbt.date_trunc('month', 'weeks.scored_day') }} as date) as month_start,
        weeks.scored_day,
        weeks.weeks_ahead,
        weeks.first_day,
        weeks.last_day,
        weeks.amount_due,
        weeks.amount_expected,
        cast(coalesce(collected.amount_collected, 0) as decimal(18, 2)) as amount_collected
    from weeks
    inner join chosen_day
        on weeks.last_day <= chosen_day.as_of
    left join collected
        on
            weeks.scored_day = collected.scored_day
            and weeks.weeks_ahead = collected.weeks_ahead

)

select * from collections_by_month
