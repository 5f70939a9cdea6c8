select
    acct_id,
    max(cum_tot_inv_acct) as last_cum_tot_inv_acct,
    count(*) as invoices
from {{ ref('invoice_features') }}
group by acct_id
having max(cum_tot_inv_acct) <> count(*)
