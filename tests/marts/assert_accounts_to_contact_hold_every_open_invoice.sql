with

open_values as (

    select
        account_id,
        sum(inv_total) as value_of_invoices
    from {{ ref('int_invoices') }}
    where date_paid is null
    group by account_id

)

select
    open_values.account_id as account_of_invoices,
    open_values.value_of_invoices,
    listed.account_id as account_on_list,
    listed.value_open as value_on_list
from open_values
full outer join {{ ref('accounts_to_contact') }} as listed
    on open_values.account_id = listed.account_id
where
    open_values.account_id is null
    or listed.account_id is null
    or open_values.value_of_invoices <> listed.value_open
