-- The last runs, the latest first.
select
    begun_at,
    command,
    date_diff('millisecond', begun_at, ended_at) / 1000 as seconds,
    as_of,
    source,
    outcome,
    coalesce(rows_landed, rows_of_marts) as rows,
    failed
from audit.runs
order by begun_at desc
limit 20
