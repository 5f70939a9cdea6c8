with

open_invoices as (

    select
        coalesce(sum(inv_total), 0) as value_open,
        coalesce(sum(case when days_late > 0 then inv_total end), 0) as value_overdue
    from {{ ref('int_invoices') }}
    where date_paid is null

),

collections as (

    select
        count(*) as weeks,
        sum(amount_due) as amount_due,
        sum(amount_expected) as amount_expected,
        sum(amount_expected_of_overdue) as amount_expected_of_overdue
    from {{ ref('expected_collections') }}

)

select
    open_invoices.*,
    collections.*
from open_invoices
cross join collections
where
    collections.weeks <> 5
    or collections.amount_expected <> open_invoices.value_open
    or collections.amount_expected_of_overdue <> open_invoices.value_overdue
    or collections.amount_due <> open_invoices.value_open - open_invoices.value_overdue
