-- When raw was last changed, UTC; null if the rows are the seeds'.
select max(coalesce(ended_at, begun_at)) as landed_at
from audit.runs
where changed_raw
