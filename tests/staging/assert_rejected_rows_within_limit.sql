{{ config(
    warn_if='> 0',
    error_if='> ' ~ whole_number_var('max_bad_rows'),
) }}

select
    raw_table,
    delivered_key,
    reject_reason,
    delivered_row
from {{ ref('trs_rejected_rows') }}
