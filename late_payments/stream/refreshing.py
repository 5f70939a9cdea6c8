"""Refreshes the models by what has changed: their own compiled SQL, filtered by key.

Of each table the rows of the touched keys are made again, in the order of the DAG; DuckDB pushes a literal list of keys
below windows, unions and aggregates. What says something about all accounts together is made whole. Both are compared
with what was there, and where nothing differs, nothing that reads it is made again. Views need nothing. All of it
happens within a transaction of the caller.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb

from late_payments.landing.transaction import literal, quoted
from late_payments.stream.compiled import DAY, GATE, KEYS, Compiled, Model, Test
from late_payments.stream.landing import Touched

# The table of TRS whose changes arrive at some hour, and the model that says at which.
INVOICES, ARRIVALS = "invoices", "stg_stream__invoice_arrivals"
# The relations that say whose an invoice is: as TRS has it, and as the marts have it.
INVOICES_IN_TRS = "base_trs__invoices"
INVOICES_IN_MARTS = "int_invoices"
LINES_IN_MARTS = "fct_invoice_line_items"
# By day, how often invoices of all accounts had been late: others look it up by their day of issue.
SHARES = ("int_late_share", "int_lines_late_share")
PRICES = "int_sku_prices"
Key = int | str | date
# Touched more than this part of all, everything is refreshed: a list of so many keys is no filter.
MOST_BY_KEY = 0.2


@dataclass(frozen=True)
class Fault:
    """A test that stands before the marts and does not pass."""

    test: Test
    rows: int


class Refresh:
    """One refresh of all models by what is touched."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, compiled: Compiled, touched: Touched) -> None:
        self.connection = connection
        self.compiled = compiled
        self.touched = touched
        self.everything = touched.everything
        # Ids of what has changed so far.
        self.dirty = {id_ for id_, source in compiled.sources.items() if source.name in touched.tables}
        if INVOICES in touched.tables:
            # When they came in can be all that has changed.
            self.dirty.add(compiled.model(ARRIVALS).id)
        # Of these the models that have changed for other accounts than the touched ones too.
        self.dirty_across: set[str] = set()
        self.keys: dict[str, set[Key]] = {kind: self.typed(kind) for kind in KEYS}
        # Ids of the models of which the touched rows have been put together.
        self.judged: set[str] = set()
        # With invoices of other accounts, issued on days whose share of late ones has changed; empty if no day's has.
        self.keys_across: dict[str, set[Key]] = {}
        # The first day at whose end some invoice is another than before; none while no invoice is.
        self.first_day: date | None = None

    def staging(self) -> list[Fault]:
        """Refresh what stands before the marts, and say which of its tests do not pass."""
        for model in self.compiled.models:
            if model.is_staging and self.is_stale(model):
                if model.refreshed_by == "all":
                    self.replace_what_differs(model)
                else:
                    self.replace_by_source_key(model)
        if not self.everything:
            self.find_accounts()
        return [fault for test in self.compiled.gate if (fault := self.fault(test))]

    def marts(self, calendar: str | None) -> str:
        """Refresh everything else, fill the outbox, and return what the model of the gate says now.

        calendar is what it said when the marts were last refreshed.
        """
        gate = self.compiled.model(GATE)
        now = ",".join(map(str, self.rows(f"select * from {gate.relation}")[0]))
        if now != calendar:
            self.everything = True
            self.dirty.add(gate.id)
        for model in self.compiled.models:
            if not model.is_staging and model != gate and self.is_stale(model):
                self.refresh(model)
        return now

    def is_stale(self, model: Model) -> bool:
        """Whether something that a model reads has changed. Of a view this goes on to whoever reads it."""
        if not (self.everything or model.reads & self.dirty):
            return False
        if not model.is_table:
            self.note_change(model, bool(model.reads & self.dirty_across))
        return model.is_table

    def note_change(self, model: Model, is_across: bool) -> None:
        self.dirty.add(model.id)
        if is_across:
            self.dirty_across.add(model.id)

    def refresh(self, model: Model) -> None:
        if self.everything or model.refreshed_by == "all":
            self.replace_what_differs(model)
            self.find_invoices_across(model)
        elif model.refreshed_by == DAY:
            if self.first_day:
                self.replace_days(model, f"{model.key(DAY)} >= {literal(str(self.first_day))}")
        elif model.refreshed_by == "sku":
            self.replace_what_differs(model, among(str(model.key("sku")), self.keys["sku"]))
            if model.name == PRICES and model.id in self.dirty:
                self.find_accounts_by_price()
        elif model.name == INVOICES_IN_MARTS:
            self.replace_invoices(model)
        elif not (model.across_accounts and self.keys_across):
            self.replace_by_key(model, self.keys)
        elif self.is_most("invoice", self.keys_across["invoice"]):
            self.replace_what_differs(model)
        else:
            self.replace_by_key(model, self.keys_across)

    def find_accounts(self) -> None:
        """Find the touched accounts, be it by an invoice that is or was theirs, and all their invoices."""
        self.add_keys("account", "select account_id from {invoices} where " + among("invoice_id", self.keys["invoice"]))
        self.find_invoices()

    def find_invoices(self) -> None:
        """Find all invoices that are or were of the touched accounts; or find that so many are everything."""
        if self.is_most("account", self.keys["account"]):
            self.everything = True
        else:
            self.add_keys(
                "invoice", "select invoice_id from {invoices} where " + among("account_id", self.keys["account"])
            )

    def find_accounts_by_price(self) -> None:
        """Add the accounts that have bought a SKU whose prices have changed."""
        lines = self.compiled.model(LINES_IN_MARTS).relation
        self.add_keys("account", f"select account_id from {lines} where item_id in (select key from changed_keys)")
        self.find_invoices()

    def find_invoices_across(self, shares: Model) -> None:
        """Find the invoices that look up a share that has just changed, and their accounts."""
        if shares.name not in SHARES or shares.id not in self.dirty or self.everything:
            return
        invoices = self.compiled.model(INVOICES_IN_MARTS).relation
        found = self.rows(
            f"select invoice_id, account_id from {invoices} where date_issued in (select key from changed_keys)"
        )
        before = self.keys_across or self.keys
        self.keys_across = {
            "invoice": before["invoice"].union(invoice for invoice, _ in found),
            "account": before["account"].union(account for _, account in found),
        }

    def is_most(self, kind: str, keys: Collection[Key]) -> bool:
        """Whether keys are more than a part of all that is filtered by."""
        name = {"account": "int_accounts", "invoice": INVOICES_IN_MARTS}[kind]
        ((number,),) = self.rows(f"select count(*) from {self.compiled.model(name).relation}")
        return bool(len(keys) > MOST_BY_KEY * number)

    def add_keys(self, kind: str, query: str) -> None:
        """Add what a query finds to the touched keys; {invoices} in it are those of TRS, then those of the marts."""
        for name in (INVOICES_IN_TRS, INVOICES_IN_MARTS):
            rows = self.rows(query.replace("{invoices}", self.compiled.model(name).relation))
            self.keys[kind] |= {key for (key,) in rows if key is not None}

    def typed(self, kind: str) -> set[Key]:
        """Touched keys with their types. A text that is none of its type is of a rejected row, whose key is null."""
        texts = ", ".join(f"({literal(key)})" for key in self.touched.keys[kind])
        if not texts:
            return set()
        type_ = "varchar" if kind == "sku" else "bigint"
        rows = self.rows(f"select try_cast(key as {type_}) from (values {texts}) as touched (key)")
        return {key for (key,) in rows if key is not None}

    def replace_by_source_key(self, model: Model) -> None:
        """Make the rows of a table of staging again whose key is touched, and those without a key."""
        kind = model.refreshed_by or ""
        column = model.key(kind)
        assert column
        condition = "true" if self.everything else f"{among(column, self.keys[kind])} or {column} is null"
        self.connection.execute(f"delete from {model.relation} where {condition}")
        self.connection.execute(f"insert into {model.relation} by name select * from ({model.sql}) where {condition}")
        self.note_change(model, self.everything)

    def replace_invoices(self, model: Model) -> None:
        """Make the invoices of the touched accounts again, and find the first day at whose end one of them is another.

        An invoice that only was paid, or not, is the same until the earlier of its two days of payment.
        """
        condition = among("account_id", self.keys["account"])
        self.connection.execute(
            f"create or replace temp table before as select * from {model.relation} where {condition}"
        )
        self.replace_by_key(model, self.keys)
        same = " and ".join(
            f"before.{column} = after.{column}" for column in ("account_id", "date_issued", "inv_total", "inv_lines")
        )
        ((self.first_day,),) = self.rows(
            f"""
            select min(case
                when {same} then least(before.date_paid, after.date_paid)
                else least(before.date_issued, after.date_issued)
            end)
            from before
            full join (select * from {model.relation} where {condition}) as after
                on before.invoice_id = after.invoice_id
            where before is distinct from after
            """
        )

    def replace_by_key(self, model: Model, keys: dict[str, set[Key]]) -> None:
        """Make the rows of these accounts again; where something crosses accounts, of these invoices."""
        column = model.key("account")
        kind = "account"
        if not column or keys is self.keys_across:
            kind, column = "invoice", model.key("invoice")
        assert column
        if keys[kind]:
            self.replace_what_differs(model, among(column, keys[kind]), keys)

    def replace_days(self, model: Model, condition: str) -> None:
        """Make the rows of some days again; where that is enough, of the touched accounts alone."""
        if model.within_accounts and not model.reads & self.dirty_across:
            if self.keys["account"]:
                of_accounts = among(str(model.key("account")), self.keys["account"])
                self.replace_what_differs(model, f"{condition} and {of_accounts}", self.keys)
        else:
            self.replace_what_differs(model, condition)

    def narrowed(self, model: Model, keys: dict[str, set[Key]]) -> str:
        """The SQL of a model, reading the rows of these keys alone.

        DuckDB does not carry a list of keys from one side of a join to the other, so both sides get it.
        """
        sql = model.sql
        # Not by SKU: an invoice has others than those that were touched.
        of_accounts = {kind: keys[kind] for kind in ("account", "invoice")}
        for id_ in model.reads:
            if (read := self.compiled.by_id.get(id_)) and (conditions := conditions_on(read, of_accounts)):
                rows = f"(select * from {read.relation} where {' and '.join(conditions)})"
                sql = sql.replace(read.relation, rows)
        return sql

    def replace_what_differs(
        self, model: Model, condition: str = "true", keys: dict[str, set[Key]] | None = None
    ) -> None:
        """Make a table again, or its rows that meet a condition, and replace the keys of which something differs.

        keys: those whose rows meet the condition, if the model need read no others. Leaves the keys of which something
        differs in the table changed_keys.
        """
        column = self.key_of(model)
        columns = ", ".join(map(quoted, model.columns))
        where = f" where {condition}"
        sql = self.narrowed(model, keys) if keys else model.sql
        self.connection.execute(f"create or replace temp table made as select {columns} from ({sql}){where}")
        # Rows that one side has more often than the other.
        self.connection.execute(
            f"""
            create or replace temp table changed_keys as
            select distinct {column or "null"} as key
            from (
                select {columns}, 1 as side from made
                union all
                select {columns}, -1 as side from {model.relation}{where}
            )
            group by {columns}
            having sum(side) <> 0
            """
        )
        ((changed,),) = self.rows("select count(*) from changed_keys")
        if not changed:
            return
        of_changed = f"{column} in (select key from changed_keys)" if column else "true"
        self.connection.execute(f"delete from {model.relation}{where} and {of_changed}")
        self.connection.execute(f"insert into {model.relation} by name select * from made where {of_changed}")
        self.note_change(model, keys is not self.keys)
        if model.is_mart:
            ((all_rows,),) = self.rows(f"select count(*) from {model.relation}")
            is_most = not column or changed > MOST_BY_KEY * all_rows
            self.put_in_outbox(model, "select null" if is_most else "select key from changed_keys")

    def key_of(self, model: Model) -> str | None:
        """The column by which rows are compared and published: that of invoices, accounts or SKUs; else a unique one.

        Of what is made whole it is the unique one.
        """
        if model.refreshed_by == "all":
            return model.unique
        return next(filter(None, map(model.key, ("invoice", "account", "sku"))), None) or model.unique

    def put_in_outbox(self, mart: Model, keys: str) -> None:
        """Note which rows of a mart readers have yet to get: of the keys that a query finds; null stands for all."""
        name, column = literal(mart.name), literal(self.key_of(mart) or "")
        self.connection.execute(
            f"insert into stream.outbox select {name}, {column}, cast(key as varchar) from ({keys}) as keys (key)"
        )

    def put_all_in_outbox(self) -> None:
        """Note that readers have yet to get every row of every mart."""
        for model in self.compiled.models:
            if model.is_mart:
                self.put_in_outbox(model, "select null")

    def fault(self, test: Test) -> Fault | None:
        """Judge the rows of the touched keys: all others have passed before."""
        sql = test.sql
        if test.judged and not self.everything:
            judged = self.compiled.by_id[test.judged]
            sql = sql.replace(judged.relation, self.touched_rows(judged))
        ((failures, is_error),) = self.rows(
            f"select {test.fail_calc} as failures, {test.fail_calc} {test.error_if} from ({sql})"
        )
        return Fault(test, failures) if is_error else None

    def touched_rows(self, model: Model) -> str:
        """A table with the rows of the touched keys, of whatever kind, found once for all tests that judge them."""
        conditions = conditions_on(model, self.keys)
        if not conditions:
            return model.relation
        table = f"touched_{model.name}"
        if model.id not in self.judged:
            self.connection.execute(
                f"create or replace temp table {table} as"
                f" select * from {model.relation} where {' or '.join(conditions)}"
            )
            self.judged.add(model.id)
        return table

    def rows(self, query: str) -> list[Any]:
        return self.connection.execute(query).fetchall()


def among(column: str, keys: Collection[Key]) -> str:
    """SQL that is true where a column is one of the keys. A literal list: DuckDB pushes it further than a join."""
    listed = ", ".join(str(key) if isinstance(key, int) else literal(str(key)) for key in keys)
    return f"{column} in ({listed or 'null'})"


def conditions_on(model: Model, keys: dict[str, set[Key]]) -> list[str]:
    """SQL for each kind of keys that a model has: that a row is of one of them."""
    return [among(name, keys[kind]) for kind in keys if (name := model.key(kind))]
