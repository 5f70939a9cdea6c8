with

open_invoices as (

    select invoice_id
    from {{ ref('int_invoices') }}
    where
        date_paid is null
        and days_late = 0

)

select
    open_invoices.invoice_id as open_invoice,
    risks.inv_id as invoice_with_risk
from open_invoices
full outer join {{ ref('open_invoice_risk') }} as risks
    on open_invoices.invoice_id = risks.inv_id
where
    open_invoices.invoice_id is null
    or risks.inv_id is null
