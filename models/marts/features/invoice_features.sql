with

invoices as (

    select
        *,
        {{ days_between("cast('1970-01-01' as date)", 'date_issued') }} as day_issued
    from {{ ref('int_invoices') }}

),

features as (

    select
        invoice_id as inv_id,
        account_id as acct_id,
        inv_total,
        inv_items,
        cast({{ days_between('joining_date', 'date_issued') }} as integer) as acct_age,
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
        ) as cum_tot_inv_acct,
        is_late
    from invoices

)

select * from features
