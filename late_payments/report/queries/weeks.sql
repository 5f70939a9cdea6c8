select *
from finance.expected_collections
order by weeks_ahead
