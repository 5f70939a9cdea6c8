{{ config(materialized='table') }}

with

invoices as (

    select
        invoice_id,
        account_id,
        {{ days_between("cast('1970-01-01' as date)", 'date_issued') }} as day_issued
    from {{ ref('int_invoices_as_of') }}

),

invoices_counted as (

    select
        invoice_id,
        count(*) over (
            partition by account_id
            order by day_issued
            range between 120 preceding and 1 preceding
        ) as num_inv_120d,
        -- A range frame ends after the last row of the same day, whatever the order within the day.
        count(*) over (
            partition by account_id
            order by day_issued
            range between unbounded preceding and current row
        ) as cum_tot_inv_acct
    from invoices

)

select * from invoices_counted
