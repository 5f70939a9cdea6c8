-- By table and reason, the most first.
select
    raw_table,
    reject_reason,
    count(*) as rows,
    sum(count(*)) over () as rows_in_all
from staging.trs_rejected_rows
group by
    raw_table,
    reject_reason
order by
    rows desc,
    raw_table,
    reject_reason
limit 20
