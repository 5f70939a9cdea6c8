with

invoices as (

    select * from {{ ref('int_invoices') }}

),

receivables as (

    select * from {{ ref('int_account_receivables') }}

),

late_shares as (

    select * from {{ ref('int_account_late_share') }}

),

payment_history as (

    select
        invoices.invoice_id as inv_id,
        receivables.num_inv_paid,
        receivables.num_inv_paid_late,
        late_shares.share_late,
        cast(receivables.total_days_to_pay as double) / nullif(receivables.num_inv_paid, 0) as mean_days_to_pay,
        cast(last_payments.longest_days_to_pay as integer) as last_days_to_pay,
        cast({{ days_between('receivables.last_date_paid', 'invoices.date_issued') }} as integer)
            as days_since_last_payment,
        receivables.num_inv_open,
        receivables.num_inv_overdue,
        receivables.value_open,
        receivables.value_overdue
    from invoices
    inner join receivables
        on
            invoices.account_id = receivables.account_id
            and invoices.date_issued = receivables.date_known
    inner join late_shares
        on
            invoices.account_id = late_shares.account_id
            and invoices.date_issued = late_shares.date_known
    left join receivables as last_payments
        on
            receivables.account_id = last_payments.account_id
            and {{ days_after('receivables.last_date_paid', 1) }} = last_payments.date_known

)

select * from payment_history
