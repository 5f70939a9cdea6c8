"""TRS in plain Python: four tables of texts, random transactions on them, and the messages Debezium makes of them."""

import json
import random
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta, timezone
from typing import Any

Row = dict[str, str | None]
KEYS = {
    "accounts": ("account_id",),
    "skus": ("item_id",),
    "invoices": ("invoice_id",),
    "invoice_line_items": ("invoice_id", "item_id"),
}
NUMBERS = {"account_id", "invoice_id", "quantity"}
DATES = {"joining_date", "date_issued", "payment_dates"}
# The column by which the rows of a table belong to one of another.
PARENTS = {"invoices": "account_id", "invoice_line_items": "invoice_id"}


def key_of(table: str, row: Row) -> tuple[str | None, ...]:
    return tuple(row[column] for column in KEYS[table])


def days_after(day: str | None, days: int) -> str:
    assert day
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()


def milliseconds(when: datetime) -> int:
    """Since 1970, of a time that is UTC."""
    return int(when.replace(tzinfo=timezone.utc).timestamp() * 1000)


class Trs:
    """Tables by name, rows by key. What is changed within a transaction becomes messages at its end."""

    def __init__(self, tables: dict[str, list[Row]], seed: int) -> None:
        self.random = random.Random(seed)
        self.tables: dict[str, dict[tuple, Row]] = {name: {} for name in tables}
        # The same rows by table and parent: a large TRS is too much to be searched for each change.
        self.children: dict[str, dict[str | None, dict[tuple, Row]]] = {name: defaultdict(dict) for name in PARENTS}
        for name, rows in tables.items():
            for row in rows:
                self.keep(name, None, dict(row))
        self.messages: list[str] = []
        self.events: list[dict[str, Any]] = []
        self.transactions = 0
        # When each invoice, and its payment, came in since the snapshot.
        self.arrivals: dict[str, list[datetime | None]] = {}

    @property
    def now(self) -> datetime:
        """Transactions are 17 minutes apart."""
        return datetime(2021, 5, 12, 6) + self.transactions * timedelta(minutes=17)

    def message(self, message: dict[str, Any]) -> None:
        self.messages.append(json.dumps(message, ensure_ascii=False))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self.transactions += 1
        id_ = f"file=binlog.000001,pos={self.transactions}"
        self.message({"status": "BEGIN", "id": id_, "event_count": None, "ts_ms": 1})
        yield
        for number, event in enumerate(self.events, 1):
            self.message({**event, "transaction": {"id": id_, "total_order": number, "data_collection_order": number}})
        self.message({"status": "END", "id": id_, "event_count": len(self.events), "ts_ms": 1})
        self.events = []

    def snapshot(self) -> None:
        """The messages of a snapshot of everything."""
        rows = [(table, row) for table in self.tables for row in self.tables[table].values()]
        for number, (table, row) in enumerate(rows):
            place = "first" if number == 0 else "last" if number == len(rows) - 1 else "true"
            self.message({**self.event(table, "r", None, row, place), "transaction": None})

    def event(
        self, table: str, op: str, before: Row | None, after: Row | None, snapshot: str = "false"
    ) -> dict[str, Any]:
        return {
            "before": before and image(before),
            "after": after and image(after),
            "source": {"db": "trs", "table": table, "snapshot": snapshot, "ts_ms": milliseconds(self.now)},
            "op": op,
            "ts_ms": 1,
        }

    def keep(self, table: str, before: Row | None, after: Row | None) -> None:
        """What a row was and is, in tables and children; its key may be another."""
        if before and (not after or key_of(table, before) != key_of(table, after)):
            del self.tables[table][key_of(table, before)]
        if after:
            self.tables[table][key_of(table, after)] = after
        if table in PARENTS:
            if before:
                del self.children[table][before[PARENTS[table]]][key_of(table, before)]
            if after:
                self.children[table][after[PARENTS[table]]][key_of(table, after)] = after

    def put(self, table: str, row: Row) -> None:
        """Insert a row, or change the one of its key."""
        before = self.tables[table].get(key_of(table, row))
        if before != row:
            self.events.append(self.event(table, "u" if before else "c", before, row))
            self.keep(table, before, row)
            if table == "invoices":
                self.note_arrival(before, row)

    def note_arrival(self, before: Row | None, row: Row) -> None:
        entered, paid = self.arrivals.get(row["invoice_id"] or "", (None, None)) if before else (self.now, None)
        if (before or {}).get("payment_dates") != row["payment_dates"]:
            paid = self.now if row["payment_dates"] else None
        self.arrivals[row["invoice_id"] or ""] = [entered, paid]

    def remove(self, table: str, row: Row) -> None:
        self.keep(table, row, None)
        if table == "invoices":
            self.arrivals.pop(row["invoice_id"] or "", None)
        self.events.append(self.event(table, "d", row, None))

    # What is looked for.

    def any(self, table: str) -> Row:
        return self.random.choice(self.all(table))

    def all(self, table: str) -> list[Row]:
        return list(self.tables[table].values())

    def unpaid(self) -> list[Row]:
        return [row for row in self.tables["invoices"].values() if row["payment_dates"] is None]

    def lines(self, invoice: Row) -> list[Row]:
        return list(self.children["invoice_line_items"][invoice["invoice_id"]].values())

    def invoices(self, account: Row) -> list[Row]:
        return list(self.children["invoices"][account["account_id"]].values())

    @property
    def today(self) -> str:
        days = [row[name] for row in self.tables["invoices"].values() for name in ("date_issued", "payment_dates")]
        return max(day for day in days if day)

    def new_id(self, table: str, column: str) -> str:
        return str(max(int(row[column] or 0) for row in self.tables[table].values()) + self.random.randint(1, 3))

    # What happens.

    def change(self, kind: str | None = None) -> None:
        """One transaction, of a random kind unless one is named."""
        with self.transaction():
            getattr(self, kind or self.random.choice(KINDS))()

    def new_invoice(self, account: Row | None = None, day: str | None = None) -> Row:
        account = account or self.any("accounts")
        day = day or days_after(self.today, -self.random.choice([0, 0, 0, 1, 30, 200]))
        invoice = {
            "invoice_id": self.new_id("invoices", "invoice_id"),
            "account_id": account["account_id"],
            "date_issued": max(day, account["joining_date"] or ""),
            "payment_dates": None,
        }
        self.put("invoices", invoice)
        for sku in self.random.sample(self.all("skus"), self.random.randint(1, 6)):
            quantity = str(self.random.randint(1, 9))
            self.put(
                "invoice_line_items",
                {"invoice_id": invoice["invoice_id"], "item_id": sku["item_id"], "quantity": quantity},
            )
        return invoice

    def new_account(self) -> Row:
        account = {
            "account_id": self.new_id("accounts", "account_id"),
            "company_name": f'Bäcker & Sohn {self.random.randint(1, 99)} "Nº"',
            "contact_person": self.random.choice([None, "", " O'Neill "]),
            "contact_phone": self.random.choice([None, "+49 30"]),
            "joining_date": days_after(self.today, -self.random.randint(0, 900)),
        }
        self.put("accounts", account)
        return account

    def new_account_that_buys(self) -> None:
        self.new_invoice(self.new_account())

    def payment(self) -> None:
        invoice = self.random.choice(self.unpaid() or [self.new_invoice()])
        self.put("invoices", {**invoice, "payment_dates": max(self.today, invoice["date_issued"] or "")})

    def payment_removed(self) -> None:
        self.put("invoices", {**self.any("invoices"), "payment_dates": None})

    def payment_entered_anew(self) -> None:
        """Another hour is all that is different afterwards."""
        paid = [row for row in self.all("invoices") if row["payment_dates"]]
        for invoice in self.random.sample(paid, min(1, len(paid))):
            self.put("invoices", {**invoice, "payment_dates": None})
            self.put("invoices", invoice)

    def payment_backdated(self) -> None:
        invoice = self.any("invoices")
        days = self.random.choice([0, 5, 30, 31, 60])
        day = min(days_after(invoice["date_issued"], days), self.today)
        self.put("invoices", {**invoice, "payment_dates": day})

    def invoice_moved(self) -> None:
        invoice = self.any("invoices")
        others = [row for row in self.all("accounts") if row["joining_date"] <= invoice["date_issued"]]
        self.put("invoices", {**invoice, "account_id": self.random.choice(others)["account_id"]})

    def invoice_redated(self) -> None:
        invoice = self.random.choice(self.unpaid() or [self.new_invoice()])
        joined = self.tables["accounts"][(invoice["account_id"],)]["joining_date"]
        day = max(days_after(invoice["date_issued"], -self.random.randint(0, 20)), joined or "")
        self.put("invoices", {**invoice, "date_issued": day})

    def invoice_deleted(self, invoice: Row | None = None) -> None:
        invoice = invoice or self.any("invoices")
        for line in self.lines(invoice):
            self.remove("invoice_line_items", line)
        self.remove("invoices", invoice)

    def invoice_gets_another_key(self) -> None:
        invoice = self.any("invoices")
        new = self.new_id("invoices", "invoice_id")
        for line in self.lines(invoice):
            self.remove("invoice_line_items", line)
            self.put("invoice_line_items", {**line, "invoice_id": new})
        self.remove("invoices", invoice)
        self.put("invoices", {**invoice, "invoice_id": new})

    def invoice_split(self) -> None:
        invoice = self.any("invoices")
        lines = self.lines(invoice)
        if len(lines) > 1:
            new = {**invoice, "invoice_id": self.new_id("invoices", "invoice_id"), "payment_dates": None}
            self.put("invoices", new)
            for line in lines[len(lines) // 2 :]:
                self.remove("invoice_line_items", line)
                self.put("invoice_line_items", {**line, "invoice_id": new["invoice_id"]})

    def quantity_corrected(self) -> None:
        self.put("invoice_line_items", {**self.any("invoice_line_items"), "quantity": str(self.random.randint(1, 20))})

    def line_added(self) -> None:
        invoice = self.any("invoices")
        line = {"invoice_id": invoice["invoice_id"], "item_id": self.any("skus")["item_id"], "quantity": "2"}
        self.put("invoice_line_items", line)

    def line_removed(self) -> None:
        lines = self.lines(self.any("invoices"))
        if len(lines) > 1:
            self.remove("invoice_line_items", lines[0])

    def price_changed(self) -> None:
        self.put("skus", {**self.any("skus"), "item_retail_price": f"{self.random.randint(1, 99)}.50"})

    def item_described(self) -> None:
        self.put("skus", {**self.any("skus"), "item_description": self.random.choice([None, "ein \\ Text", "123"])})

    def new_item(self) -> None:
        item = {**self.any("skus"), "item_id": f"new{self.random.randint(0, 10**6)}"}
        self.put("skus", item)

    def item_deleted(self) -> None:
        sold = {row["item_id"] for row in self.tables["invoice_line_items"].values()}
        for row in self.all("skus"):
            if row["item_id"] not in sold:
                self.remove("skus", row)
                return
        self.new_item()

    def contact_changed(self) -> None:
        self.put("accounts", {**self.any("accounts"), "contact_person": self.random.choice([None, "Ada", "Zoë  "])})

    def account_renamed(self) -> None:
        self.put("accounts", {**self.any("accounts"), "company_name": f"Nou {self.random.randint(1, 9999)}"})

    def joined_earlier(self) -> None:
        account = self.any("accounts")
        self.put("accounts", {**account, "joining_date": days_after(account["joining_date"], -3)})

    def account_deleted(self) -> None:
        account = self.any("accounts")
        for invoice in self.invoices(account):
            self.invoice_deleted(invoice)
        self.remove("accounts", account)

    def next_day(self) -> None:
        self.new_invoice(day=days_after(self.today, self.random.randint(1, 3)))

    def day_taken_back(self) -> None:
        today = self.today
        for invoice in self.all("invoices"):
            if invoice["date_issued"] == today:
                self.invoice_deleted(invoice)
            elif invoice["payment_dates"] == today:
                self.put("invoices", {**invoice, "payment_dates": None})

    def many_at_once(self) -> None:
        for _ in range(5):
            self.new_invoice()
            self.payment_removed()
            self.quantity_corrected()
        self.new_account_that_buys()


KINDS = [
    *("new_invoice", "new_invoice", "payment", "payment", "new_account_that_buys", "payment_removed"),
    *("payment_backdated", "invoice_moved", "invoice_redated", "invoice_deleted", "invoice_gets_another_key"),
    *("invoice_split", "quantity_corrected", "line_added", "line_removed", "new_item", "item_deleted"),
    *("contact_changed", "account_renamed", "joined_earlier", "account_deleted", "many_at_once"),
    "payment_entered_anew",
]
# The stream makes everything again.
WHOLE = ["next_day", "day_taken_back", "price_changed", "item_described"]


def image(row: Row) -> dict[str, Any]:
    """A row as the connector writes it: decimal.handling.mode string, time.precision.mode isostring."""
    return {name: as_delivered(name, text) for name, text in row.items()}


def as_delivered(name: str, text: str | None) -> Any:
    if text is not None and name in NUMBERS:
        return int(text)
    if text is not None and name in DATES:
        return f"{text}Z"
    return text
