select
    account_id,
    company_name,
    joining_date
from {{ ref('base_trs__accounts') }}
where reject_reason is null
