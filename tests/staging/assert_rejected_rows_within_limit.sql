{{ config(
    fail_calc='coalesce(sum(row_count), 0)',
    warn_if='> 0',
    error_if='> ' ~ whole_number_var('max_bad_rows'),
) }}

select
    raw_table,
    reject_reason,
    count(*) as row_count,
    min(delivered_key) as one_of_the_keys
from {{ ref('trs_rejected_rows') }}
group by
    raw_table,
    reject_reason
order by
    raw_table,
    reject_reason
