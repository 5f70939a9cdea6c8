with

model_inputs as (

    select
        inv_id,
        acct_id,
        inv_total,
        inv_items,
        acct_age,
        num_inv_120d,
        cum_tot_inv_acct,
        inv_lines,
        num_inv_paid,
        num_inv_paid_late,
        share_late,
        mean_days_to_pay,
        last_days_to_pay,
        days_since_last_payment,
        num_inv_open,
        num_inv_overdue,
        value_open,
        value_overdue,
        is_late
    from {{ ref('int_model_inputs') }}

),

invoices_with_unknown_outcome as (

    select
        inv_id,
        acct_id,
        inv_total,
        inv_items,
        acct_age,
        num_inv_120d,
        cum_tot_inv_acct,
        inv_lines,
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
    from model_inputs
    where is_late is null

)

select * from invoices_with_unknown_outcome
