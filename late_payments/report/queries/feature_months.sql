-- Of the invoices issued in each of the last twelve months: the quartiles of each feature.
with

features as (

    select
        invoices.date_issued - (day(invoices.date_issued) - 1)::integer as month_start,
        cast(features.inv_total as double) as inv_total,
        cast(features.inv_items as double) as inv_items,
        cast(features.acct_age as double) as acct_age,
        cast(features.num_inv_120d as double) as num_inv_120d,
        cast(features.cum_tot_inv_acct as double) as cum_tot_inv_acct
    from features.invoice_features as features
    inner join finance.fct_invoices as invoices
        on features.inv_id = invoices.invoice_id

),

last_months as (

    select month_start
    from finance.monthly_receivables
    order by month_start desc
    limit 12

),

numbers as (

    unpivot (select * from features semi join last_months using (month_start))
    on columns(* exclude (month_start))
    into name feature value number

)

select
    feature,
    month_start,
    count(*) as invoices,
    quantile_cont(number, 0.25) as lower_quartile,
    median(number) as middle,
    quantile_cont(number, 0.75) as upper_quartile
from numbers
group by
    feature,
    month_start
order by
    feature,
    month_start
