-- The gate: everything after staging reads this model, and it waits for all tests of a delivery, so one run names all
-- of its faults, and nothing is built while there is one.
-- depends_on: {{ ref('trs_rejected_rows') }}
-- depends_on: {{ ref('stg_trs__accounts') }}
-- depends_on: {{ ref('stg_trs__skus') }}
-- depends_on: {{ ref('stg_trs__invoice_line_items') }}
{%- set as_of = as_of_date() %}

with

invoices as (

    select * from {{ ref('stg_trs__invoices') }}

),

chosen_day as (

    select
        coalesce(
            cast({{ 'null' if as_of is none else dbt.string_literal(as_of) }} as date),
            greatest(max(date_issued), max(date_paid))
        ) as as_of,
        min(date_issued) as first_date_issued
    from invoices

),

chosen_day_in_calendar as (

    -- Whole years that hold every due date, of an invoice issued on the day as_of too.
    select
        as_of,
        first_date_issued,
        cast({{ dbt.date_trunc('year', 'first_date_issued') }} as date) as calendar_start,
        {{ dbt.last_day(date_due('as_of'), 'year') }} as calendar_end
    from chosen_day

)

select * from chosen_day_in_calendar
