"""The branch list, recomputed from the CSV files in plain Python: no SQL, nothing of the project.

Written from the descriptions of its columns, in the most obvious way rather than the fastest.
"""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from independent_features import TERMS_DAYS, day, features, read
from independent_risk import Knowledge

Invoice = tuple[date, date | None, Decimal]


def outcome(invoice: Invoice, as_of: date) -> tuple[bool, date] | None:
    """Whether an invoice was late and the day on which that was known; None if it is not known yet."""
    issued, paid, _ = invoice
    last_day = issued + timedelta(TERMS_DAYS)
    if paid and paid <= min(last_day, as_of):
        return False, paid
    return (True, last_day + timedelta(1)) if as_of > last_day else None


def share(outcomes: list[bool]) -> Fraction | None:
    return Fraction(sum(outcomes), len(outcomes)) if outcomes else None


def median(numbers: list[int]) -> int | None:
    return sorted(numbers)[(len(numbers) - 1) // 2] if numbers else None


def in_last(days: int, when: date, as_of: date, before: int = 0) -> bool:
    return as_of - timedelta(before + days) < when <= as_of - timedelta(before)


def difference(new, old):
    return None if new is None or old is None else new - old


def counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def in_words(when: date) -> str:
    return f"{when.day} {when:%B} {when.year}"


def reason(overdue: list[Invoice], due: list[Invoice], outcomes: list[bool], as_of: date) -> str:
    def worth(invoices: list[Invoice]) -> str:
        return f"{counted(len(invoices), 'invoice')} worth ${sum(total for _, _, total in invoices):,.2f}"

    record = ""
    if late := sum(outcomes):
        earlier = counted(len(outcomes), "earlier invoice")
        record = f", and {late} of {earlier} {'was' if late == 1 else 'were'} late"
    if due:
        last = in_words(max(issued for issued, _, _ in due) + timedelta(TERMS_DAYS))
        falls_due = f"{worth(due)} falls due on {last}" if len(due) == 1 else f"{worth(due)} fall due by {last}"
    if not overdue:
        return f"{falls_due}{record}."
    days = counted(max((as_of - issued).days for issued, _, _ in overdue) - TERMS_DAYS, "day")
    is_past = "is past its due date, by" if len(overdue) == 1 else "are past their due date, the oldest by"
    return f"{worth(overdue)} {is_past} {days}{'; ' + falls_due if due else ''}."


def accounts_to_contact(directory: Path, as_of: date | None = None) -> list[tuple]:
    """Rows of accounts_to_contact, its columns in order, by rank."""
    invoices = read(directory, "invoices")
    if as_of is None:
        as_of = max(day(row[column]) for row in invoices for column in ("date_issued", "payment_dates") if row[column])
    totals = {row[0]: row[2] for row in features(directory)}
    of_account = defaultdict(list)
    for row in invoices:
        if day(row["date_issued"]) <= as_of:
            of_account[row["account_id"]].append(
                (day(row["date_issued"]), day(row["payment_dates"]), totals[int(row["invoice_id"])])
            )

    knowledge = Knowledge(directory, as_of)
    expected_late = defaultdict(Decimal)
    for row in knowledge.risk:
        if (row[5] - as_of).days <= 6:
            expected_late[row[1]] += row[15]

    rows = []
    for account in read(directory, "accounts"):
        mine = of_account[account["account_id"]]
        unpaid = [invoice for invoice in mine if not (invoice[1] and invoice[1] <= as_of)]
        overdue = [invoice for invoice in unpaid if (as_of - invoice[0]).days > TERMS_DAYS]
        due = [invoice for invoice in unpaid if 0 <= (invoice[0] + timedelta(TERMS_DAYS) - as_of).days <= 6]
        if not overdue and not due:
            continue
        value_open, value_overdue, value_due = (
            sum((total for _, _, total in some), Decimal(0)) for some in (unpaid, overdue, due)
        )
        known = [found for invoice in mine if (found := outcome(invoice, as_of))]
        paid = [(when, (when - issued).days) for issued, when, _ in mine if when and when <= as_of]

        number = int(account["account_id"])
        prevented = expected_late[number]
        oldest = min((issued + timedelta(TERMS_DAYS) for issued, _, _ in overdue), default=None)

        share_change = difference(
            share([late for late, when in known if in_last(90, when, as_of)]),
            share([late for late, when in known if in_last(90, when, as_of, before=90)]),
        )
        days_change = difference(
            median([days for when, days in paid if in_last(90, when, as_of)]),
            median([days for when, days in paid if in_last(90, when, as_of, before=90)]),
        )
        rows.append(
            (
                number,
                account["company_name"],
                account["contact_person"] or None,
                account["contact_phone"] or None,
                reason(overdue, due, [late for late, _ in known], as_of),
                value_overdue + prevented,
                value_overdue,
                oldest,
                prevented,
                value_due,
                value_open,
                knowledge.share_of("account", number, as_of),
                share_change,
                median([days for _, days in paid]),
                days_change,
                as_of,
            )
        )
    rows.sort(key=lambda row: (-row[5], -row[6], row[7] or date.max, row[0]))
    return [(rank, *row) for rank, row in enumerate(rows, start=1)]
