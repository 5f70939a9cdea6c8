with

invoices as (

    select
        date_issued,
        as_of
    from {{ ref('int_invoices_as_of') }}

),

days_of_interest as (

    select
        min(date_issued) as first_day,
        {{ days_after('max(as_of)', whole_number_var('payment_terms_days')) }} as last_day
    from invoices

),

whole_years as (

    select
        cast({{ dbt.date_trunc('year', 'first_day') }} as date) as first_day,
        {{ dbt.last_day('last_day', 'year') }} as last_day
    from days_of_interest

)

select * from whole_years
