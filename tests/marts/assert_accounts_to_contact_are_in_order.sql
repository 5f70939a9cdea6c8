with

listed as (

    select
        account_id,
        contact_rank,
        expected_late_value,
        value_overdue,
        coalesce(oldest_overdue_day, as_of) as oldest_day,
        count(*) over () as num_accounts
    from {{ ref('accounts_to_contact') }}

),

with_next as (

    select
        higher.account_id,
        higher.contact_rank,
        higher.num_accounts,
        lower.account_id as next_account_id,
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
        ) as goes_before_next
    from listed as higher
    left join listed as lower
        on higher.contact_rank + 1 = lower.contact_rank

)

select *
from with_next
where
    contact_rank > num_accounts
    or (contact_rank < num_accounts and not coalesce(goes_before_next, false))
