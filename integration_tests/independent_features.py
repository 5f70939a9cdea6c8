"""The features of every invoice, recomputed from the CSV files in plain Python: no SQL, nothing of the project.

Written from the definitions in the README, in the most obvious way rather than the fastest.
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
