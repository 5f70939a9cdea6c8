-- The last twelve months, in order.
select *
from (from finance.receivables_ageing_by_month order by month_start desc limit 12)
order by month_start
