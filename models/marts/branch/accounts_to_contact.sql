with

open_invoices as (

    select
        account_id,
        as_of,
        value_open,
        value_overdue,
        oldest_overdue_day,
        value_due_7d
    from {{ ref('int_account_open_invoices') }}

),

payment_record as (

    select
        account_id,
        share_late,
        share_late_change
    from {{ ref('int_account_payment_record') }}

),

days_to_pay as (

    select
        account_id,
        usual_days_to_pay,
        usual_days_to_pay_change
    from {{ ref('int_account_days_to_pay') }}

),

reasons as (

    select
        account_id,
        reason
    from {{ ref('int_account_call_reasons') }}

),

contacts as (

    select
        account_id,
        company_name,
        contact_person,
        contact_phone
    from {{ ref('stg_trs__account_contacts') }}

),

expected_late_values as (

    -- An overdue invoice is late for certain, another one as often as the account's have been.
    select
        open_invoices.account_id,
        open_invoices.value_overdue,
        cast(
            open_invoices.value_overdue
            + (open_invoices.value_open - open_invoices.value_overdue) * coalesce(payment_record.share_late, 0)
            as decimal(18, 2)
        ) as expected_late_value,
        coalesce(open_invoices.oldest_overdue_day, open_invoices.as_of) as oldest_day
    from open_invoices
    inner join payment_record
        on open_invoices.account_id = payment_record.account_id

),

ranks as (

    select
        account_id,
        expected_late_value,
        cast(row_number() over (
            order by expected_late_value desc, value_overdue desc, oldest_day asc, account_id asc
        ) as bigint) as contact_rank
    from expected_late_values

),

ranked_accounts as (

    select
        ranks.contact_rank,
        ranks.account_id,
        contacts.company_name,
        contacts.contact_person,
        contacts.contact_phone,
        reasons.reason,
        ranks.expected_late_value,
        open_invoices.value_open,
        open_invoices.value_overdue,
        open_invoices.oldest_overdue_day,
        open_invoices.value_due_7d,
        payment_record.share_late,
        payment_record.share_late_change,
        days_to_pay.usual_days_to_pay,
        days_to_pay.usual_days_to_pay_change,
        open_invoices.as_of
    from ranks
    inner join open_invoices
        on ranks.account_id = open_invoices.account_id
    inner join payment_record
        on ranks.account_id = payment_record.account_id
    inner join reasons
        on ranks.account_id = reasons.account_id
    inner join contacts
        on ranks.account_id = contacts.account_id
    left join days_to_pay
        on ranks.account_id = days_to_pay.account_id

)

select * from ranked_accounts
