-- The whole call list in one row, there even if it is empty.
select
    count(*) as accounts,
    coalesce(sum(value_overdue), 0) as value_overdue,
    coalesce(sum(value_due_7d), 0) as value_due_7d,
    coalesce(sum(expected_late_value), 0) as expected_late_value
from branch.accounts_to_contact
