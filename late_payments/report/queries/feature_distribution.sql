-- Of features_of_the_day, a view that is made for each day: one row per feature.
with

features as (

    select
        cast(inv_total as double) as inv_total,
        cast(inv_items as double) as inv_items,
        cast(acct_age as double) as acct_age,
        cast(num_inv_120d as double) as num_inv_120d,
        cast(cum_tot_inv_acct as double) as cum_tot_inv_acct,
        cast(is_late as double) as is_late
    from features_of_the_day

),

numbers as (

    from features
    unpivot include nulls (number for feature in (columns(*)))

)

select
    feature,
    count(*) as invoices,
    count(*) - count(number) as not_known,
    min(number) as smallest,
    quantile_cont(number, 0.25) as lower_quartile,
    median(number) as middle,
    quantile_cont(number, 0.75) as upper_quartile,
    max(number) as largest,
    -- Decimals, because a sum of doubles depends on the order of rows.
    cast(sum(cast(number as decimal(38, 2))) as double) / count(number) as mean
from numbers
group by feature
order by list_position(
    ['inv_total', 'inv_items', 'acct_age', 'num_inv_120d', 'cum_tot_inv_acct', 'is_late'], feature
)
