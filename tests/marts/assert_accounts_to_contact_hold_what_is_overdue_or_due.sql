with

values_to_call_for as (

    select
        account_id,
        sum(case when date_due < as_of then inv_total else 0 end) as value_overdue,
        sum(case when date_due >= as_of then inv_total else 0 end) as value_due_7d
    from {{ ref('int_invoices') }}
    where
        date_paid is null
        and date_due <= {{ days_after('as_of', 6) }}
    group by account_id

)

select
    values_to_call_for.account_id as account_of_invoices,
    values_to_call_for.value_overdue as overdue_of_invoices,
    values_to_call_for.value_due_7d as due_of_invoices,
    listed.account_id as account_on_list,
    listed.value_overdue as overdue_on_list,
    listed.value_due_7d as due_on_list
from values_to_call_for
full outer join {{ ref('accounts_to_contact') }} as listed
    on values_to_call_for.account_id = listed.account_id
where
    values_to_call_for.account_id is null
    or listed.account_id is null
    or values_to_call_for.value_overdue <> listed.value_overdue
    or values_to_call_for.value_due_7d <> listed.value_due_7d
