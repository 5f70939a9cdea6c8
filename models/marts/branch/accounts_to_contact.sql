with

chosen_day as (

    select * from {{ ref('int_as_of') }}

),

priorities as (

    select
        *,
        {{ days_between('oldest_overdue_day', 'scored_day') }} as days_overdue
    from {{ ref('int_account_priorities') }}

),

accounts as (

    select * from {{ ref('int_accounts') }}

),

contacts as (

    select
        account_id,
        company_name,
        contact_person,
        contact_phone
    from {{ ref('stg_trs__account_contacts') }}

),

accounts_to_call as (

    select
        priorities.*,
        accounts.value_open,
        accounts.num_inv_known,
        accounts.num_inv_late,
        accounts.share_late_change,
        accounts.usual_days_to_pay,
        accounts.usual_days_to_pay_change,
        accounts.as_of
    from priorities
    inner join chosen_day
        on priorities.scored_day = chosen_day.as_of
    inner join accounts
        on priorities.account_id = accounts.account_id

),

worded_accounts as (

    select
        *,
        case
            when num_inv_overdue = 1
                then
                    '1 invoice worth ' || {{ in_dollars('value_overdue') }}
                    || ' is past its due date, by ' || {{ counted('days_overdue', 'day') }}
            when num_inv_overdue > 1
                then
                    num_inv_overdue || ' invoices worth ' || {{ in_dollars('value_overdue') }}
                    || ' are past their due date, the oldest by ' || {{ counted('days_overdue', 'day') }}
        end as words_on_overdue,
        case
            when num_inv_due_7d = 1
                then
                    '1 invoice worth ' || {{ in_dollars('value_due_7d') }}
                    || ' falls due on ' || {{ day_in_words('last_due_day_7d') }}
            when num_inv_due_7d > 1
                then
                    num_inv_due_7d || ' invoices worth ' || {{ in_dollars('value_due_7d') }}
                    || ' fall due by ' || {{ day_in_words('last_due_day_7d') }}
        end as words_on_due,
        case
            when num_inv_late > 0
                then
                    num_inv_late || ' of ' || {{ counted('num_inv_known', 'earlier invoice') }}
                    || case when num_inv_late = 1 then ' was' else ' were' end || ' late'
        end as words_on_record
    from accounts_to_call

),

accounts_with_reason as (

    select
        *,
        case
            when words_on_overdue is not null
                then words_on_overdue || coalesce('; ' || words_on_due, '')
            else words_on_due || coalesce(', and ' || words_on_record, '')
        end || '.' as reason
    from worded_accounts

),

call_list as (

    select
        accounts_with_reason.contact_rank,
        accounts_with_reason.account_id,
        contacts.company_name,
        contacts.contact_person,
        contacts.contact_phone,
        accounts_with_reason.reason,
        accounts_with_reason.expected_late_value,
        accounts_with_reason.value_overdue,
        accounts_with_reason.oldest_overdue_day,
        accounts_with_reason.expected_late_7d,
        accounts_with_reason.value_due_7d,
        accounts_with_reason.value_open,
        accounts_with_reason.share_late,
        accounts_with_reason.share_late_change,
        accounts_with_reason.usual_days_to_pay,
        accounts_with_reason.usual_days_to_pay_change,
        accounts_with_reason.as_of
    from accounts_with_reason
    inner join contacts
        on accounts_with_reason.account_id = contacts.account_id

)

select * from call_list
