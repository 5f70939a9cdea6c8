"""Remembers when invoices and payments came in: TRS has their days, and the changes alone have hours.

Kept by invoice, so that it stays when kept changes are pruned, and that taking a change in again changes nothing.
"""

import duckdb

from late_payments.landing.transaction import literal


def note_arrivals(connection: duckdb.DuckDBPyConnection, topic: str, first_offset: int) -> None:
    """Bring audit.invoice_arrivals up to date with the changes of invoices kept from an offset on.

    Within the caller's transaction. Rows of a snapshot say nothing: when they came in nobody knows.
    """
    connection.execute(
        f"""
        create or replace temp table new_arrivals as
        with
        changes as (
            select
                try_cast(coalesce(after, before) ->> 'invoice_id' as bigint) as invoice_id,
                "offset",
                op,
                committed_at,
                after ->> 'payment_dates' as payment,
                op = 'c' or payment is distinct from (before ->> 'payment_dates') as is_about_payment
            from raw.change_events
            where
                "offset" >= {first_offset} and topic = {literal(topic)}
                and table_name = 'invoices' and op in ('c', 'u', 'd')
        ),
        last_changes as (
            select
                invoice_id,
                arg_max(op, "offset") = 'd' as is_gone,
                arg_max(committed_at, "offset") filter (op = 'c') as entered_at,
                coalesce(bool_or(is_about_payment), false) as is_about_payment,
                arg_max_null(if(payment is null, null, committed_at), "offset") filter (is_about_payment)
                    as payment_entered_at
            from changes
            where invoice_id is not null
            group by invoice_id
        )
        select
            new.invoice_id,
            new.is_gone,
            coalesce(new.entered_at, old.entered_at) as entered_at,
            if(new.is_about_payment, new.payment_entered_at, old.payment_entered_at) as payment_entered_at
        from last_changes as new
        left join audit.invoice_arrivals as old
            on new.invoice_id = old.invoice_id
        """
    )
    connection.execute("delete from audit.invoice_arrivals where invoice_id in (select invoice_id from new_arrivals)")
    connection.execute(
        "insert into audit.invoice_arrivals select invoice_id, entered_at, payment_entered_at from new_arrivals"
        " where not is_gone and (entered_at is not null or payment_entered_at is not null)"
    )
