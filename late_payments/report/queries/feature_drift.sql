-- The population stability index of each feature: the invoices of the last 90 days against all before, by the tenths of those.
with

features as (

    select
        invoices.date_issued > invoices.as_of - 90 as is_recent,
        cast(features.inv_total as double) as inv_total,
        cast(features.inv_items as double) as inv_items,
        cast(features.acct_age as double) as acct_age,
        cast(features.num_inv_120d as double) as num_inv_120d,
        cast(features.cum_tot_inv_acct as double) as cum_tot_inv_acct
    from features.invoice_features as features
    inner join finance.fct_invoices as invoices
        on features.inv_id = invoices.invoice_id

),

numbers as (

    unpivot features
    on columns(* exclude (is_recent))
    into name feature value number

),

edges as (

    select
        feature,
        list_distinct(quantile_cont(number, [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9])) as tenths
    from numbers
    where not is_recent
    group by feature

),

counted as (

    select
        numbers.feature,
        len(list_filter(edges.tenths, lambda tenth: tenth < numbers.number)) as bin,
        count(*) filter (not numbers.is_recent) as before,
        count(*) filter (numbers.is_recent) as recent
    from numbers
    inner join edges
        on numbers.feature = edges.feature
    group by
        numbers.feature,
        bin

),

shares as (

    -- Half an invoice more in each bin, so that an empty one has a logarithm.
    select
        *,
        (before + 0.5) / sum(before + 0.5) over (partition by feature) as share_before,
        (recent + 0.5) / sum(recent + 0.5) over (partition by feature) as share_recent
    from counted

)

select
    feature,
    cast(sum(before) as bigint) as invoices_before,
    cast(sum(recent) as bigint) as invoices_recent,
    round(sum((share_recent - share_before) * ln(share_recent / share_before)), 6) as stability_index
from shares
group by feature
having sum(recent) > 0
order by
    stability_index desc,
    feature
