{% set as_of = as_of_date() %}

with

invoices as (

    select
        date_issued,
        date_paid
    from {{ ref('stg_trs__invoices') }}

),

chosen_day as (

    select
        coalesce(
            cast({{ 'null' if as_of is none else dbt.string_literal(as_of) }} as date),
            greatest(max(date_issued), max(date_paid))
        ) as as_of
    from invoices

)

select * from chosen_day
