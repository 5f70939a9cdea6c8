-- The rejected rows are judged first: beyond max_bad_rows nothing is built from the good ones.
-- depends_on: {{ ref('trs_rejected_rows') }}

select
    account_id,
    company_name,
    joining_date
from {{ ref('base_trs__accounts') }}
where reject_reason is null
