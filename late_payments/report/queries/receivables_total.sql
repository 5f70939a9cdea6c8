select
    as_of,
    invoices_open,
    amount_open,
    amount_open - amount_current as amount_overdue
from finance.receivables_ageing_total
