with

listed as (

    select
        account_id,
        contact_rank,
        expected_late_value,
        value_overdue,
        coalesce(oldest_overdue_day, as_of) as oldest_day
    from {{ ref('accounts_to_contact') }}

)

select
    higher.account_id,
    higher.contact_rank,
    lower.account_id as next_account_id,
    lower.contact_rank as next_contact_rank
from listed as higher
inner join listed as lower
    on higher.contact_rank + 1 = lower.contact_rank
where not (
    higher.expected_late_value > lower.expected_late_value
    or (
        higher.expected_late_value = lower.expected_late_value
        and (
            higher.value_overdue > lower.value_overdue
            or (
                higher.value_overdue = lower.value_overdue
                and (
                    higher.oldest_day < lower.oldest_day
                    or (higher.oldest_day = lower.oldest_day and higher.account_id < lower.account_id)
                )
            )
        )
    )
)
