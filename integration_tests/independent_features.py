"""The features of every invoice, recomputed from the CSV files in plain Python: no SQL, nothing of the project.

Written from the definitions in the README and in the descriptions of the columns, in the most obvious way rather than
the fastest.
"""

import csv
from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path

TERMS_DAYS = 30


def read(directory: Path, table: str) -> list[dict[str, str]]:
    with open(directory / f"{table}.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def features(directory: Path, as_of: date | None = None) -> list[tuple]:
    """Rows of (inv_id, acct_id, inv_total, inv_items, acct_age, num_inv_120d, cum_tot_inv_acct, is_late) by inv_id."""
    joined = {row["account_id"]: day(row["joining_date"]) for row in read(directory, "accounts")}
    price = {row["item_id"]: Decimal(row["item_retail_price"]) for row in read(directory, "skus")}

    lines = defaultdict(list)
    for row in read(directory, "invoice_line_items"):
        lines[row["invoice_id"]].append((int(row["quantity"]), price[row["item_id"]]))

    invoices = [
        (row["invoice_id"], row["account_id"], day(row["date_issued"]), day(row["payment_dates"]))
        for row in read(directory, "invoices")
    ]
    if as_of is None:
        as_of = max(known for _, _, issued, paid in invoices for known in (issued, paid) if known)
    invoices = [invoice for invoice in invoices if invoice[2] <= as_of]

    issue_days = defaultdict(list)
    for _, account, issued, _ in invoices:
        issue_days[account].append(issued)

    rows = []
    for invoice, account, issued, paid in invoices:
        days_before = [(issued - other).days for other in issue_days[account]]
        if paid and paid <= as_of:
            is_late = 1 if (paid - issued).days > TERMS_DAYS else 0
        else:
            is_late = 1 if (as_of - issued).days > TERMS_DAYS else None
        rows.append(
            (
                int(invoice),
                int(account),
                sum(quantity * unit_price for quantity, unit_price in lines[invoice]),
                sum(quantity for quantity, _ in lines[invoice]),
                (issued - joined[account]).days,
                sum(1 <= days <= 120 for days in days_before),
                sum(days >= 0 for days in days_before),
                is_late,
            )
        )
    return sorted(rows)


def payment_history(directory: Path, as_of: date | None = None) -> list[tuple]:
    """Rows of invoice_payment_history, its columns in order, by inv_id."""
    totals = {row[0]: row[2] for row in features(directory)}
    invoices = [
        (int(row["invoice_id"]), int(row["account_id"]), day(row["date_issued"]), day(row["payment_dates"]))
        for row in read(directory, "invoices")
    ]
    of_account = defaultdict(list)
    for invoice in invoices:
        of_account[invoice[1]].append(invoice)

    def outcomes(earlier: list[tuple], d: date) -> tuple[list[int], list[tuple]]:
        """Before d: the days to pay of what had been paid, the invoices that had not been."""
        paid = [(when - issued).days for _, _, issued, when in earlier if when and when < d]
        unpaid = [invoice for invoice in earlier if invoice[2] < d and not (invoice[3] and invoice[3] < d)]
        return paid, unpaid

    def late_and_known(paid: list[int], unpaid: list[tuple], d: date) -> tuple[int, int, list[tuple]]:
        overdue = [invoice for invoice in unpaid if (d - invoice[2]).days > TERMS_DAYS]
        return sum(days > TERMS_DAYS for days in paid) + len(overdue), len(paid) + len(overdue), overdue

    share_of_all = {}
    for d in {issued for _, _, issued, _ in invoices}:
        late, known, _ = late_and_known(*outcomes(invoices, d), d)
        share_of_all[d] = late / known if known else None

    rows = []
    for invoice, account, d, _ in invoices:
        if as_of and d > as_of:
            continue
        paid, unpaid = outcomes(of_account[account], d)
        late, known, overdue = late_and_known(paid, unpaid, d)
        days_paid = [when for _, _, _, when in of_account[account] if when and when < d]
        last = max(days_paid, default=None)
        rows.append(
            (
                invoice,
                len(paid),
                sum(days > TERMS_DAYS for days in paid),
                None if share_of_all[d] is None else (late + 2 * share_of_all[d]) / (known + 2),
                sum(paid) / len(paid) if paid else None,
                max(
                    ((last - other[2]).days for other in of_account[account] if last and other[3] == last), default=None
                ),
                (d - last).days if last else None,
                len(unpaid),
                len(overdue),
                sum((totals[other[0]] for other in unpaid), Decimal(0)),
                sum((totals[other[0]] for other in overdue), Decimal(0)),
            )
        )
    return sorted(rows)
