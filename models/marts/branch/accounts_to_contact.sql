with

accounts as (

    select
        *,
        {{ days_between('oldest_overdue_day', 'as_of') }} as days_overdue
    from {{ ref('int_accounts') }}
    where num_inv_open > 0

),

late_shares as (

    select * from {{ ref('int_late_share') }}

),

contacts as (

    select
        account_id,
        company_name,
        contact_person,
        contact_phone
    from {{ ref('stg_trs__account_contacts') }}

),

accounts_with_share_late as (

    -- Everybody's share of the day of its last invoice: what others have paid since must not move this account.
    select
        accounts.*,
        {{ smoothed_share('accounts.num_inv_late', 'accounts.num_inv_known', 'late_shares.share_late') }} as share_late
    from accounts
    inner join late_shares
        on accounts.last_date_issued = late_shares.date_known

),

valued_accounts as (

    -- An overdue invoice is late for certain, another one as often as the account's have been.
    select
        *,
        cast(
            value_overdue + (value_open - value_overdue) * coalesce(share_late, 0) as decimal(18, 2)
        ) as expected_late_value,
        case
            when num_inv_late > 0
                then
                    ', and ' || num_inv_late || ' of ' || {{ counted('num_inv_known', 'earlier invoice') }}
                    || case when num_inv_late = 1 then ' was' else ' were' end || ' late.'
            else '.'
        end as record
    from accounts_with_share_late

),

ranked_accounts as (

    select
        *,
        cast(row_number() over (
            order by
                expected_late_value desc,
                value_overdue desc,
                coalesce(oldest_overdue_day, as_of) asc,
                account_id asc
        ) as bigint) as contact_rank,
        case
            when num_inv_overdue = 1
                then
                    '1 invoice worth ' || {{ in_dollars('value_overdue') }}
                    || ' is past its due date, by ' || {{ counted('days_overdue', 'day') }} || '.'
            when num_inv_overdue > 1
                then
                    num_inv_overdue || ' invoices worth ' || {{ in_dollars('value_overdue') }}
                    || ' are past their due date, the oldest by ' || {{ counted('days_overdue', 'day') }} || '.'
            when num_inv_due_7d > 0
                then
                    {{ counted('num_inv_due_7d', 'invoice') }} || ' worth ' || {{ in_dollars('value_due_7d') }}
                    || case when num_inv_due_7d = 1 then ' falls' else ' fall' end
                    || ' due in the next 7 days' || record
            else
                {{ counted('num_inv_open', 'invoice') }} || ' worth ' || {{ in_dollars('value_open') }}
                || case when num_inv_open = 1 then ' is' else ' are' end
                || ' open, with nothing due in the next 7 days' || record
        end as reason
    from valued_accounts

),

call_list as (

    select
        ranked_accounts.contact_rank,
        ranked_accounts.account_id,
        contacts.company_name,
        contacts.contact_person,
        contacts.contact_phone,
        ranked_accounts.reason,
        ranked_accounts.expected_late_value,
        ranked_accounts.value_open,
        ranked_accounts.value_overdue,
        ranked_accounts.oldest_overdue_day,
        ranked_accounts.value_due_7d,
        ranked_accounts.share_late,
        ranked_accounts.share_late_change,
        ranked_accounts.usual_days_to_pay,
        ranked_accounts.usual_days_to_pay_change,
        ranked_accounts.as_of
    from ranked_accounts
    inner join contacts
        on ranked_accounts.account_id = contacts.account_id

)

select * from call_list
