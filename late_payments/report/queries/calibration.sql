-- The last twelve months of which all outcomes are known, in order.
select *
from (from features.risk_by_month order by month_start desc limit 12)
order by month_start
