with

invoice_features as (

    select * from {{ ref('invoice_features') }}

),

payment_history as (

    select * from {{ ref('invoice_payment_history') }}

),

invoices as (

    select * from {{ ref('int_invoices') }}

),

invoices_with_known_outcome as (

    select
        invoice_features.inv_id,
        invoice_features.acct_id,
        invoice_features.inv_total,
        invoice_features.inv_items,
        invoice_features.acct_age,
        invoice_features.num_inv_120d,
        invoice_features.cum_tot_inv_acct,
        invoices.inv_lines,
        payment_history.num_inv_paid,
        payment_history.num_inv_paid_late,
        payment_history.share_late,
        payment_history.mean_days_to_pay,
        payment_history.last_days_to_pay,
        payment_history.days_since_last_payment,
        payment_history.num_inv_open,
        payment_history.num_inv_overdue,
        payment_history.value_open,
        payment_history.value_overdue,
        invoice_features.is_late
    from invoice_features
    inner join payment_history
        on invoice_features.inv_id = payment_history.inv_id
    inner join invoices
        on invoice_features.inv_id = invoices.invoice_id
    where invoice_features.is_late is not null

)

select * from invoices_with_known_outcome
