"""Risk, priorities and expected receipts, recomputed from the CSV files in plain Python: no SQL, nothing of ours.

Written from the descriptions of the columns, in the most obvious way rather than the fastest: each figure is counted
over all invoices again, where the project keeps running sums.
"""

import math
from bisect import bisect_right
from calendar import monthrange
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, cached_property
from pathlib import Path

from independent_features import TERMS_DAYS, day, features, read

TERMS = timedelta(TERMS_DAYS)
ONE_DAY = timedelta(1)
RECENT = timedelta(89)  # From the first to the last of 90 days.
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Invoice:
    number: int
    account: int
    issued: date
    paid: date | None
    value: Decimal
    lines: int

    @cached_property
    def due(self) -> date:
        return self.issued + TERMS

    @cached_property
    def is_late(self) -> bool:
        return self.paid is None or self.paid > self.due

    @cached_property
    def days_to_pay(self) -> int | None:
        return (self.paid - self.issued).days if self.paid else None

    def outcome(self, when: date) -> date | None:
        """The day on which it became known whether it is late, if that had happened by the end of a day."""
        known = self.due + ONE_DAY if self.is_late else self.paid
        return known if known <= when else None

    def is_known(self, morning: date) -> bool:
        """Whether that was known at the start of a day: paid in time before it, or not paid in time by then."""
        return self.due < morning if self.is_late else self.paid < morning

    @cached_property
    def events(self) -> list[date]:
        """Mornings that know something of it: its issue, the days after its issue, its due date and its payment."""
        return [self.issued, self.issued + ONE_DAY, self.due + ONE_DAY, *([self.paid + ONE_DAY] if self.paid else [])]


def log_odds(share: float) -> float:
    share = min(max(share, 0.002), 0.998)
    return math.log(share / (1 - share))


def smoothed(late: float, known: float, share: float) -> float:
    return (late + 2 * share) / (known + 2)


def to_cents(amount: float) -> Decimal:
    return Decimal(repr(amount)).quantize(CENT, ROUND_HALF_UP)


class Knowledge:
    """What is known at the end of a day, and what was known on the mornings up to it."""

    def __init__(self, directory: Path, as_of: date | None = None) -> None:
        days = [day(row[column]) for row in read(directory, "invoices") for column in ("date_issued", "payment_dates")]
        self.as_of = as_of or max(filter(None, days))
        totals = {row[0]: row[2] for row in features(directory)}
        lines = Counter(int(row["invoice_id"]) for row in read(directory, "invoice_line_items"))
        self.invoices = []
        for row in read(directory, "invoices"):
            number, issued, paid = int(row["invoice_id"]), day(row["date_issued"]), day(row["payment_dates"])
            if issued <= self.as_of:
                paid = paid if paid and paid <= self.as_of else None
                account = int(row["account_id"])
                self.invoices.append(Invoice(number, account, issued, paid, totals[number], lines[number]))
        self.of_account, self.of_lines = defaultdict(list), defaultdict(list)
        for invoice in self.invoices:
            self.of_account[invoice.account].append(invoice)
            self.of_lines[invoice.lines].append(invoice)
        self.shares: dict = {}
        self.events_of: dict = {}

    def late_and_known(self, invoices: list[Invoice], morning: date) -> tuple[int, int]:
        known = [invoice.is_late for invoice in invoices if invoice.is_known(morning)]
        return sum(known), len(known)

    def share_of_all(self, morning: date) -> float | None:
        if morning not in self.shares:
            late, known = self.late_and_known(self.invoices, morning)
            self.shares[morning] = late / known if known else None
        return self.shares[morning]

    def events(self, kind: str, key: int) -> list[date]:
        """Of an account, or of a number of lines, in order."""
        if (kind, key) not in self.events_of:
            invoices = (self.of_account if kind == "account" else self.of_lines)[key]
            self.events_of[kind, key] = sorted({when for invoice in invoices for when in invoice.events})
        return self.events_of[kind, key]

    def share_of(self, kind: str, key: int, morning: date) -> float | None:
        """Of an account, or of a number of lines, on a morning; smoothed as on that of their last event."""
        if (kind, key, morning) not in self.shares:
            invoices = (self.of_account if kind == "account" else self.of_lines)[key]
            events = self.events(kind, key)
            event = events[bisect_right(events, morning) - 1]
            of_all = self.share_of_all(event)
            share = None if of_all is None else smoothed(*self.late_and_known(invoices, event), of_all)
            self.shares[kind, key, morning] = share
        return self.shares[kind, key, morning]

    def records(self, invoice: Invoice, morning: date) -> tuple[float | None, float | None, float | None]:
        return (
            self.share_of("account", invoice.account, morning),
            self.share_of("lines", invoice.lines, morning),
            self.share_of_all(morning),
        )

    def log_odds_by_records(self, invoice: Invoice, morning: date) -> float | None:
        account, lines, everybody = self.records(invoice, morning)
        # Some record of an old event may be of a morning before anything was known.
        if None in (account, lines, everybody):
            return None
        return round(log_odds(account) + log_odds(lines) - log_odds(everybody), 10)

    @cached_property
    def at_issue(self) -> dict[int, tuple[float | None, str]]:
        """Probability and grade of each invoice on the morning of its issue."""
        scores = {}
        for invoice in self.invoices:
            odds = self.log_odds_by_records(invoice, invoice.issued)
            if odds is None:
                scores[invoice.number] = None, "unknown"
                continue
            probability = round(1 / (1 + math.exp(-odds)), 10)
            scores[invoice.number] = (
                probability,
                "low" if probability < 0.2 else "medium" if probability < 0.6 else "high",
            )
        return scores

    def grade(self, invoice: Invoice) -> str:
        return self.at_issue[invoice.number][1]

    def is_recent(self, when: date | None) -> bool:
        return when is not None and self.as_of - RECENT <= when <= self.as_of

    @cached_property
    def of_grade(self) -> dict[str, list[Invoice]]:
        grades = defaultdict(list)
        for invoice in self.invoices:
            grades[self.grade(invoice)].append(invoice)
        return grades

    def correction(self, grade: str) -> float:
        recent = [each for each in self.invoices if self.is_recent(each.outcome(self.as_of))]
        recent = [each for each in recent if self.grade(each) == grade and grade != "unknown"]
        if not recent:
            return 0.0
        predicted = math.fsum(self.at_issue[each.number][0] for each in recent) / len(recent)
        late = smoothed(sum(each.is_late for each in recent), len(recent), predicted)
        return round(log_odds(late) - log_odds(predicted), 10)

    def is_open(self, invoice: Invoice) -> bool:
        return invoice.paid is None

    def is_overdue(self, invoice: Invoice) -> bool:
        return invoice.paid is None and invoice.due < self.as_of

    @cached_property
    def risk(self) -> list[tuple]:
        """Rows of open_invoice_risk, its columns in order, by invoice."""
        corrections = {grade: self.correction(grade) for grade in ("low", "medium", "high", "unknown")}
        payments = [(each.is_late, each.days_to_pay) for each in self.invoices if self.is_recent(each.paid)]
        in_time = [days for late, days in payments if not late]
        late = [days for late, days in payments if late]
        days_if_late = sum(late) / len(late) if late else TERMS_DAYS + 1
        rows = []
        for invoice in self.invoices:
            if not self.is_open(invoice) or self.is_overdue(invoice):
                continue
            days_open = (self.as_of - invoice.issued).days
            later = [days for days in in_time if days > days_open]
            unpaid = round(smoothed(len(later), len(in_time), (TERMS_DAYS - days_open) / (TERMS_DAYS + 1)), 10)
            days_if_in_time = (sum(later) + (days_open + 1 + TERMS_DAYS)) / (len(later) + 2)
            grade = self.grade(invoice)
            odds = self.log_odds_by_records(invoice, self.as_of)
            probability = expected = None
            if odds is not None:
                before = 1 / (1 + math.exp(-(odds + corrections[grade])))
                probability = round(before / (before + (1 - before) * unpaid), 10)
                days = probability * days_if_late + (1 - probability) * days_if_in_time
                expected = invoice.issued + timedelta(math.floor(days + 0.5))
            rows.append(
                (
                    invoice.number,
                    invoice.account,
                    invoice.value,
                    invoice.lines,
                    invoice.issued,
                    invoice.due,
                    days_open,
                    *self.records(invoice, self.as_of),
                    odds,
                    grade,
                    corrections[grade],
                    unpaid,
                    probability,
                    to_cents(float(invoice.value) * (probability or 0)),
                    expected,
                    self.as_of,
                )
            )
        return sorted(rows)

    def share_unpaid(self, grade: str, days: int) -> float:
        """Of invoices of a grade, after so many days: the product of the shares that were not paid on a day."""
        if (grade, days) not in self.shares:
            share = self.share_unpaid(grade, days - 1) if days > 0 else 1.0
            # So old were, on a recent day, those that were issued from the first to the last of these.
            first, last = (self.as_of - before - timedelta(days) for before in (RECENT, timedelta(0)))
            then = [
                each.days_to_pay
                for each in self.of_grade[grade]
                if first <= each.issued <= last and (each.days_to_pay is None or each.days_to_pay >= days)
            ]
            seen, paid = len(then), then.count(days)
            self.shares[grade, days] = share * (1 - paid / seen) if seen else share
        return self.shares[grade, days]

    @cached_property
    def collections(self) -> list[tuple]:
        """Rows of expected_collections, its columns in order, by week."""
        open_invoices = [invoice for invoice in self.invoices if self.is_open(invoice)]

        def expected(invoice: Invoice, week: int) -> float:
            days_open = (self.as_of - invoice.issued).days
            then = [
                round(self.share_unpaid(self.grade(invoice), days_open + days), 10)
                for days in (0, 7 * week - 7, 7 * week)
            ]
            return float(invoice.value) * (then[1] - then[2]) / then[0] if then[0] else 0.0

        rows = []
        left = sum((invoice.value for invoice in open_invoices), Decimal(0))
        left_overdue = sum((invoice.value for invoice in open_invoices if self.is_overdue(invoice)), Decimal(0))
        for week in range(1, 6):
            first, last = self.as_of + timedelta(7 * week - 6), self.as_of + timedelta(7 * week)
            is_due = [
                self.as_of <= invoice.due and (week == 1 or first <= invoice.due) and (week == 5 or invoice.due <= last)
                for invoice in open_invoices
            ]
            due = sum((each.value for each, is_in in zip(open_invoices, is_due, strict=True) if is_in), Decimal(0))
            if week < 5:
                amount = to_cents(math.fsum(expected(invoice, week) for invoice in open_invoices))
                of_overdue = to_cents(
                    math.fsum(expected(invoice, week) for invoice in open_invoices if self.is_overdue(invoice))
                )
                left, left_overdue = left - amount, left_overdue - of_overdue
                rows.append((self.as_of, week, first, last, due, amount, of_overdue))
            else:
                rows.append((self.as_of, week, first, None, due, left, left_overdue))
        return rows


@cache
def knowledge_of(directory: Path, as_of: date) -> Knowledge:
    """The same for both of the marts that look back from the ends of months: it takes seconds."""
    return Knowledge(directory, as_of)


def risk_by_month(directory: Path, as_of: date | None = None) -> list[tuple]:
    """Rows of the mart, its columns in order, by month: the risk of each month's last day against what happened."""
    now = Knowledge(directory, as_of)
    late = {invoice.number: invoice.is_late for invoice in now.invoices}
    rows = []
    first = min(invoice.issued for invoice in now.invoices).replace(day=1)
    while True:
        last = first.replace(day=monthrange(first.year, first.month)[1])
        if last + TERMS >= now.as_of:
            return rows
        scored = [
            (row[14], late[row[0]], row[2], row[15])
            for row in knowledge_of(directory, last).risk
            if row[14] is not None
        ]
        if scored:
            positive = [probability for probability, is_late, *_ in scored if is_late]
            negative = [probability for probability, is_late, *_ in scored if not is_late]
            wins = sum((one > other) + (one == other) / 2 for one in positive for other in negative)
            rows.append(
                (
                    first,
                    last,
                    len(scored),
                    len(positive),
                    math.fsum(probability for probability, *_ in scored) / len(scored),
                    len(positive) / len(scored),
                    math.fsum((probability - is_late) ** 2 for probability, is_late, *_ in scored) / len(scored),
                    wins / (len(positive) * len(negative)) if positive and negative else None,
                    sum((expected for *_, expected in scored), Decimal(0)),
                    sum((value for _, is_late, value, _ in scored if is_late), Decimal(0)),
                )
            )
        first = last + ONE_DAY


def collections_by_month(directory: Path, as_of: date | None = None) -> list[tuple]:
    """Rows of the mart, its columns in order, by month and week: what was expected, and what has come since."""
    now = Knowledge(directory, as_of)
    paid = {invoice.number: invoice.paid for invoice in now.invoices}
    rows = []
    first = min(invoice.issued for invoice in now.invoices).replace(day=1)
    while True:
        month_end = first.replace(day=monthrange(first.year, first.month)[1])
        if month_end + timedelta(7) > now.as_of:
            return rows
        then = knowledge_of(directory, month_end)
        for _, week, begin, end, due, expected, _ in then.collections[:4]:
            if end <= now.as_of:
                came = [
                    invoice.value
                    for invoice in then.invoices
                    if then.is_open(invoice) and paid[invoice.number] and begin <= paid[invoice.number] <= end
                ]
                rows.append((first, month_end, week, begin, end, due, expected, sum(came, Decimal(0))))
        first = month_end + ONE_DAY
