"""The random transactions of simulated_trs.py, and some that only SQL can do, in a real MariaDB."""

from collections.abc import Iterator
from contextlib import contextmanager

import pymysql
from servers import MariaDB
from simulated_trs import KEYS, KINDS, WHOLE, Row, Trs
from test_faults import wait_for

COLUMNS = {
    "accounts": ("account_id", "company_name", "contact_person", "contact_phone", "joining_date"),
    "skus": ("item_id", "item_name", "item_description", "item_cost_price", "item_retail_price"),
    "invoices": ("invoice_id", "account_id", "date_issued", "payment_dates"),
    "invoice_line_items": ("invoice_id", "item_id", "quantity"),
}
KINDS_BY_SQL = (
    *("key_of_invoice_updated", "key_of_account_updated", "all_prices_raised", "many_paid_by_one_statement"),
    *("rolled_back", "another_table", "orphan_and_then_its_parent"),
)


class Workload(Trs):
    """Each transaction is committed once, whatever happens to the server meanwhile."""

    def __init__(self, source: MariaDB, seed: int) -> None:
        self.source = source
        source.query("create table if not exists trs.committed (transaction int primary key)", "truncate trs.committed")
        tables = {
            table: [
                {name: None if value is None else str(value) for name, value in zip(columns, row, strict=True)}
                for row in source.query(f"select {', '.join(columns)} from trs.{table}")
            ]
            for table, columns in COLUMNS.items()
        }
        super().__init__(tables, seed)
        # What each transaction does as well.
        self.also: list[tuple[str, list]] = []
        # Of the kinds that are simulated, what the connector should make of them.
        self.simulated: list[tuple] = []

    def any_change(self) -> str:
        """One transaction of a random kind, or two, and the name of the kind."""
        kind = self.random.choice((*KINDS, *WHOLE, *KINDS_BY_SQL))
        if kind in KINDS_BY_SQL:
            getattr(self, kind)()
        else:
            self.change(kind)
        return kind

    @contextmanager
    def transaction(self) -> Iterator[None]:
        yield
        self.simulated += [
            (event["source"]["table"], event["op"], event["before"], event["after"]) for event in self.events
        ]
        statements = [statement(event) for event in self.events]
        self.events = []
        self.commit(statements)

    def commit(self, statements: list[tuple[str, list]], how: str = "commit") -> None:
        """In one transaction, again if it is not known whether it was the last time."""
        self.transactions += 1
        for _ in range(2):
            try:
                with self.source.connect(database="trs") as connection, connection.cursor() as cursor:
                    cursor.execute("select count(*) from committed where transaction = %s", [self.transactions])
                    if cursor.fetchone()[0]:
                        return
                    connection.begin()
                    for text, values in (*statements, *self.also):
                        cursor.execute(text, values)
                    # Not a table of ours: the connector leaves it out.
                    cursor.execute("insert into committed values (%s)", [self.transactions])
                    cursor.execute(how)
                    return
            except pymysql.OperationalError:
                wait_for(self.source_answers)
        raise AssertionError("the server went away twice")

    def event(self, table: str, op: str, before: Row | None, after: Row | None, snapshot: str = "false") -> dict:
        return {**super().event(table, op, before, after, snapshot), "row": after or before}

    def source_answers(self) -> bool:
        try:
            self.source.connect().close()
        except pymysql.OperationalError:
            return False
        return True

    # What only SQL can do.

    def key_of_invoice_updated(self) -> None:
        invoice = self.any("invoices")
        old, new = invoice["invoice_id"], self.new_id("invoices", "invoice_id")
        for line in self.lines(invoice):
            self.keep("invoice_line_items", line, {**line, "invoice_id": new})
        self.keep("invoices", invoice, {**invoice, "invoice_id": new})
        self.commit(
            [
                (f"update {table} set invoice_id = %s where invoice_id = %s", [new, old])
                for table in ("invoices", "invoice_line_items")
            ]
        )

    def key_of_account_updated(self) -> None:
        account = self.any("accounts")
        old, new = account["account_id"], self.new_id("accounts", "account_id")
        for invoice in self.invoices(account):
            self.put("invoices", {**invoice, "account_id": new})
        self.events = []
        self.keep("accounts", account, {**account, "account_id": new})
        self.commit(
            [
                (f"update {table} set account_id = %s where account_id = %s", [new, old])
                for table in ("accounts", "invoices")
            ]
        )

    def all_prices_raised(self) -> None:
        self.commit([("update skus set item_retail_price = item_retail_price + 0.01", [])])
        for item_id, price in self.source.query("select item_id, item_retail_price from trs.skus"):
            self.tables["skus"][(item_id,)]["item_retail_price"] = str(price)

    def many_paid_by_one_statement(self) -> None:
        today = self.today
        unpaid = self.unpaid()[:20]
        for invoice in unpaid:
            invoice["payment_dates"] = max(today, invoice["date_issued"])
        if unpaid:
            ids = [invoice["invoice_id"] for invoice in unpaid]
            self.commit(
                [("update invoices set payment_dates = greatest(%s, date_issued) where invoice_id in %s", [today, ids])]
            )

    def rolled_back(self) -> None:
        self.commit([("delete from invoice_line_items", []), ("update skus set item_retail_price = 1", [])], "rollback")

    def another_table(self) -> None:
        self.commit([])

    def orphan_and_then_its_parent(self) -> None:
        invoice = self.new_id("invoices", "invoice_id")
        account, item, today = self.any("accounts"), self.any("skus")["item_id"], self.today
        with self.transaction():
            self.put("invoice_line_items", {"invoice_id": invoice, "item_id": item, "quantity": "1"})
        with self.transaction():
            row = {"invoice_id": invoice, "account_id": account["account_id"], "payment_dates": None}
            self.put("invoices", {**row, "date_issued": max(today, account["joining_date"])})


def statement(event: dict) -> tuple[str, list]:
    """SQL that makes a change, and its values."""
    table, row = event["source"]["table"], event["row"]
    key = " and ".join(f"{name} = %s" for name in KEYS[table])
    keys = [row[name] for name in KEYS[table]]
    if event["op"] == "d":
        return f"delete from {table} where {key}", keys
    if event["op"] == "c":
        return f"insert into {table} ({', '.join(row)}) values ({', '.join(['%s'] * len(row))})", list(row.values())
    return f"update {table} set {', '.join(f'{name} = %s' for name in row)} where {key}", [*row.values(), *keys]
