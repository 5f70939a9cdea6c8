select
    accounts.account_id,
    accounts.company_name,
    accounts.joining_date,
    chosen_day.as_of
from {{ ref('stg_trs__accounts') }} as accounts
cross join {{ ref('int_as_of') }} as chosen_day
