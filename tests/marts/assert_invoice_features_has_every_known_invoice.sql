with

known as (

    select invoices.invoice_id
    from {{ ref('stg_trs__invoices') }} as invoices
    inner join {{ ref('int_as_of') }} as chosen_day
        on invoices.date_issued <= chosen_day.as_of

)

select
    known.invoice_id,
    features.inv_id
from known
full outer join {{ ref('invoice_features') }} as features
    on known.invoice_id = features.inv_id
where known.invoice_id is null or features.inv_id is null
