-- The last twelve months, in order. The last one may be partial.
select
    *,
    month_end_or_as_of < last_day(month_start) as is_partial
from (from finance.monthly_receivables order by month_start desc limit 12)
order by month_start
