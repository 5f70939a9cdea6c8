select
    accounts.company_name,
    ageing.invoices_open,
    ageing.amount_open,
    ageing.amount_open - ageing.amount_current as amount_overdue,
    ageing.amount_1_to_30,
    ageing.amount_31_to_60,
    ageing.amount_61_to_90,
    ageing.amount_over_90
from finance.receivables_ageing as ageing
inner join finance.dim_accounts as accounts
    on ageing.account_id = accounts.account_id
order by
    ageing.amount_open desc,
    ageing.account_id
limit 10
