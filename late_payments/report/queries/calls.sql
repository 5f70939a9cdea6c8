-- The first accounts of the call list, without contacts.
select
    contact_rank,
    account_id,
    company_name,
    reason,
    value_overdue,
    value_due_7d,
    expected_late_value,
    share_late,
    usual_days_to_pay
from branch.accounts_to_contact
order by contact_rank
limit $top
