with

invoice_features as (

    select
        inv_id,
        acct_id,
        inv_total,
        inv_items,
        acct_age,
        num_inv_120d,
        cum_tot_inv_acct,
        is_late
    from {{ ref('invoice_features') }}

),

payment_history as (

    select
        inv_id,
        num_inv_paid,
        num_inv_paid_late,
        share_late,
        mean_days_to_pay,
        last_days_to_pay,
        days_since_last_payment,
        num_inv_open,
        num_inv_overdue,
        value_open,
        value_overdue
    from {{ ref('invoice_payment_history') }}

),

invoice_totals as (

    select
        invoice_id,
        inv_lines
    from {{ ref('int_invoice_totals') }}

),

model_inputs as (

    select
        invoice_features.inv_id,
        invoice_features.acct_id,
        invoice_features.inv_total,
        invoice_features.inv_items,
        invoice_features.acct_age,
        invoice_features.num_inv_120d,
        invoice_features.cum_tot_inv_acct,
        invoice_totals.inv_lines,
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
    inner join invoice_totals
        on invoice_features.inv_id = invoice_totals.invoice_id

)

select * from model_inputs
