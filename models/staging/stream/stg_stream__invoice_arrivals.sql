select
    invoice_id,
    entered_at,
    payment_entered_at
from {{ source('stream', 'invoice_arrivals') }}
-- What came in by the stream is landed data. The seeds have invoices of the same numbers.
{%- if raw_in_use() == 'seeds' %}
where false
{%- endif %}
