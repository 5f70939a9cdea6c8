"""The finance marts, recomputed from the CSV files in plain Python: no SQL, nothing of the project.

Each month is found by looking at every invoice on its last day, not by sums over the months before.
"""

from calendar import monthrange
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from independent_features import TERMS_DAYS, day, read
from independent_risk import Knowledge

BUCKETS = [(0, 0), (1, 30), (31, 60), (61, 90), (91, 10**6)]


def chosen_day(directory: Path, as_of: date | None) -> date:
    days = [day(row[name]) for row in read(directory, "invoices") for name in ("date_issued", "payment_dates")]
    return as_of or max(filter(None, days))


def fct_invoice_line_items(directory: Path, as_of: date | None = None) -> list[tuple]:
    """Rows of the mart, its columns in order, by invoice and SKU."""
    as_of = chosen_day(directory, as_of)
    skus = {row["item_id"]: row for row in read(directory, "skus")}
    invoices = {row["invoice_id"]: row for row in read(directory, "invoices")}
    rows = []
    for line in read(directory, "invoice_line_items"):
        invoice, sku, units = invoices[line["invoice_id"]], skus[line["item_id"]], int(line["quantity"])
        if day(invoice["date_issued"]) <= as_of:
            unit_cost, price = Decimal(sku["item_cost_price"]), Decimal(sku["item_retail_price"])
            rows.append(
                (
                    int(line["invoice_id"]),
                    line["item_id"],
                    int(invoice["account_id"]),
                    day(invoice["date_issued"]),
                    units,
                    unit_cost,
                    price,
                    units * price,
                    units * unit_cost,
                    units * (price - unit_cost),
                )
            )
    return sorted(rows)


def fct_invoices(directory: Path, as_of: date | None = None) -> list[tuple]:
    """Rows of the mart, its columns in order, by invoice."""
    lines = defaultdict(list)
    for invoice, *_, units, _, _, amount, cost, _ in fct_invoice_line_items(directory, as_of):
        lines[invoice].append((units, amount, cost))
    as_of = chosen_day(directory, as_of)
    rows = []
    for row in read(directory, "invoices"):
        invoice, issued, paid = int(row["invoice_id"]), day(row["date_issued"]), day(row["payment_dates"])
        if issued > as_of:
            continue
        if paid and paid > as_of:
            paid = None
        age = ((paid or as_of) - issued).days
        late = age > TERMS_DAYS
        units, amounts, costs = zip(*lines[invoice], strict=True)
        rows.append(
            (
                invoice,
                int(row["account_id"]),
                issued,
                issued + timedelta(days=TERMS_DAYS),
                paid,
                ("paid late" if late else "paid on time") if paid else ("overdue" if late else "open"),
                age if paid else None,
                age - TERMS_DAYS if late else 0,
                sum(amounts),
                sum(costs),
                sum(amounts) - sum(costs),
                sum(units),
                len(units),
                as_of,
            )
        )
    return sorted(rows)


def receivables_ageing(directory: Path, as_of: date | None = None) -> list[tuple]:
    """Rows of the mart, its columns in order: by account."""
    as_of = chosen_day(directory, as_of)
    open_invoices = defaultdict(list)
    for _, account, issued, _, paid, _, _, _, amount, *_ in fct_invoices(directory, as_of):
        if not paid:
            open_invoices[account].append(((as_of - issued).days - TERMS_DAYS, amount))
    rows = []
    for account, found in sorted(open_invoices.items()):
        buckets = [[amount for days, amount in found if first <= max(days, 0) <= last] for first, last in BUCKETS]
        rows.append(
            (
                account,
                as_of,
                len(found),
                *map(len, buckets),
                sum((amount for _, amount in found), Decimal(0)),
                *(sum(bucket, Decimal(0)) for bucket in buckets),
            )
        )
    return rows


def receivables_ageing_total(directory: Path, as_of: date | None = None) -> tuple:
    """The row of the mart, its columns in order."""
    as_of = chosen_day(directory, as_of)
    rows = receivables_ageing(directory, as_of)
    return (
        as_of,
        *(sum(row[index] for row in rows) for index in range(2, 8)),
        *(sum((row[index] for row in rows), Decimal(0)) for index in range(8, 14)),
    )


def receivables_ageing_by_month(directory: Path, as_of: date | None = None) -> list[tuple]:
    """Rows of the mart, its columns in order, by month: each from the total of a replay of its last day."""
    as_of = chosen_day(directory, as_of)
    rows = []
    first = min(row[2] for row in fct_invoices(directory, as_of)).replace(day=1)
    while first <= as_of:
        month_end = first.replace(day=monthrange(first.year, first.month)[1])
        last = min(month_end, as_of)
        rows.append((first, last, *receivables_ageing_total(directory, last)[7:]))
        first = month_end + timedelta(days=1)
    return rows


def monthly_receivables(directory: Path, as_of: date | None = None) -> list[tuple]:
    """Rows of the mart, its columns in order, by month; ratios are rounded by the caller."""
    as_of = chosen_day(directory, as_of)
    # (issued, paid, amount)
    invoices = [(row[2], row[4], row[8]) for row in fct_invoices(directory, as_of)]

    def unpaid_after(last: date) -> list[tuple[date, Decimal]]:
        return [(issued, amount) for issued, paid, amount in invoices if issued <= last and not (paid and paid <= last)]

    def value(pairs: list[tuple]) -> Decimal:
        return sum((amount for *_, amount in pairs), Decimal(0))

    rows = []
    first = min(issued for issued, _, _ in invoices).replace(day=1)
    while first <= as_of:
        month_end = first.replace(day=monthrange(first.year, first.month)[1])
        last = min(month_end, as_of)
        days = (last - first).days + 1
        opening = value(unpaid_after(first - timedelta(days=1)))
        issued = [invoice for invoice in invoices if first <= invoice[0] <= last]
        collected = [invoice for invoice in invoices if invoice[1] and first <= invoice[1] <= last]
        closing = unpaid_after(last)
        overdue = [invoice for invoice in closing if (last - invoice[0]).days > TERMS_DAYS]
        due = [
            (paid - issue).days > TERMS_DAYS if paid else True
            for issue, paid, _ in invoices
            if first <= issue + timedelta(days=TERMS_DAYS) <= last and issue + timedelta(days=TERMS_DAYS) < as_of
        ]
        sales, current = value(issued), value(closing) - value(overdue)
        collectable = opening + sales - current
        rows.append(
            (
                first,
                last,
                days,
                opening,
                len(issued),
                sales,
                len(collected),
                value(collected),
                len(closing),
                value(closing),
                len(overdue),
                value(overdue),
                value(closing) / sales * days if sales else None,
                current / sales * days if sales else None,
                (value(closing) - current) / sales * days if sales else None,
                (opening + sales - value(closing)) / collectable * 100 if collectable else None,
                len(due),
                sum(due),
                Decimal(sum(due)) / len(due) if due else None,
            )
        )
        first = month_end + timedelta(days=1)
    return rows


def daily_receivables(directory: Path, as_of: date | None = None) -> list[tuple]:
    """Rows of the mart, its columns in order, by day and grade: every invoice is looked at on every day."""
    knowledge = Knowledge(directory, as_of)
    by_grade = defaultdict(list)
    for invoice in knowledge.invoices:
        by_grade[knowledge.grade(invoice)].append(invoice)
    first = min(invoice.issued for invoice in knowledge.invoices)
    rows = []
    for number in range((knowledge.as_of - first).days + 1):
        today, yesterday = first + timedelta(number), first + timedelta(number - 1)
        for grade, invoices in sorted(by_grade.items()):
            issued = [each for each in invoices if each.issued == today]
            paid = [each for each in invoices if each.paid == today]
            unpaid = [each for each in invoices if each.issued <= today and not (each.paid and each.paid <= today)]
            groups = [
                issued,
                paid,
                [each for each in paid if each.paid > each.due],
                # Still unpaid at the end of its due date, which was yesterday.
                [each for each in invoices if each.due == yesterday and not (each.paid and each.paid <= yesterday)],
                unpaid,
                [each for each in unpaid if each.due < today],
            ]
            figures = ((len(group), sum((each.value for each in group), Decimal(0))) for group in groups)
            rows.append((today, grade, *(figure for pair in figures for figure in pair)))
    return rows
