"""Lands changes: keeps each as delivered, and brings the tables in raw up to date by key.

All of it happens within a transaction of the caller. Raw gets the text that `make land SOURCE=mysql` would have landed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import duckdb

from late_payments.landing.transaction import literal, quoted
from late_payments.stream.arrivals import note_arrivals
from late_payments.stream.compiled import KEYS, Compiled, Source
from late_payments.stream.transactions import Change

TABLES = """
create schema if not exists stream;
create table if not exists raw.change_events (
    topic varchar,
    "partition" integer,
    "offset" bigint,
    transaction_id varchar,
    table_name varchar,
    op varchar,
    before varchar,
    after varchar,
    committed_at timestamp,
    landed_at timestamp
);
comment on table raw.change_events is
    'One row per change of a row in TRS that the stream has landed, as delivered. Rows are added and never changed.';
create table if not exists stream.position (
    topic varchar,
    next_offset bigint,
    last_transaction varchar,
    calendar varchar,
    sql_of_models varchar,
    is_mixed boolean,
    moved_at timestamp
);
comment on table stream.position is
    'One row: how far the stream has come, and what the marts were last refreshed with.';
create table if not exists stream.touched (kind varchar, key varchar);
comment on table stream.touched is
    'One row per account, invoice or SKU that has changed since the marts were last refreshed; kind all: everything.';
create table if not exists stream.outbox (mart varchar, key_column varchar, key varchar);
comment on table stream.outbox is
    'One row per key of a mart whose rows PostgreSQL has yet to get; key null: the whole mart.';
"""

# Of Debezium, with time.precision.mode isostring: a date is written 2021-04-12Z.
DATE = r"^(\d{4}-\d{2}-\d{2})Z$"


@dataclass
class Touched:
    """What has changed since the marts were last refreshed: keys as text, by kind; or everything."""

    everything: bool = False
    keys: dict[str, set[str]] = field(default_factory=lambda: {kind: set() for kind in KEYS})
    # Names of the tables in raw that have changed.
    tables: set[str] = field(default_factory=set)

    def __bool__(self) -> bool:
        return self.everything or any(self.keys.values())


class Landing:
    """Changes of one topic, on their way into raw."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, compiled: Compiled, topic: str) -> None:
        self.connection = connection
        self.sources = {source.name: source for source in compiled.sources.values()}
        self.topic = topic
        self.forget()

    def forget(self) -> None:
        """Forget what was added and not applied, as after a rollback."""
        self.first_offset: int | None = None
        # By table: the offset before which nothing of it counts any more; None if everything does.
        self.changed: dict[str, int | None] = {}

    def add(self, changes: Sequence[Change]) -> None:
        """Keep changes as delivered."""
        if not changes:
            return
        if self.first_offset is None:
            self.first_offset = changes[0].offset
        for change in changes:
            if change.replaces:
                self.changed[change.table] = change.offset
            else:
                self.changed.setdefault(change.table, None)
        # One text for all of them: DuckDB takes lists value by value.
        delivered = "[" + ",".join([f'{{"o":{change.offset},"v":{change.text}}}' for change in changes]) + "]"
        self.connection.execute(
            """
            insert into raw.change_events
            select
                $topic,
                0,
                o,
                v ->> '$.transaction.id',
                v ->> '$.source.table',
                v ->> '$.op',
                nullif(cast(v -> '$.before' as varchar), 'null'),
                nullif(cast(v -> '$.after' as varchar), 'null'),
                epoch_ms(cast(v ->> '$.source.ts_ms' as bigint)),
                cast(now() at time zone 'UTC' as timestamp)
            from (select unnest(from_json($delivered, '[{"o": "bigint", "v": "json"}]'), recursive := true))
            """,
            {"topic": self.topic, "delivered": delivered},
        )

    def apply(self, touched: Touched) -> None:
        """Bring the tables in raw up to date with what was added since the last time, and add what that touches."""
        if "invoices" in self.changed and self.first_offset is not None:
            note_arrivals(self.connection, self.topic, self.first_offset)
        for name, replaced_from in self.changed.items():
            source = self.sources[name]
            self.find_last_images(source, self.first_offset if replaced_from is None else replaced_from)
            key = ", ".join(map(quoted, source.key))
            if replaced_from is None:
                self.connection.execute(
                    f"delete from {source.relation} where ({key}) in (select ({key}) from last_images)"
                )
                keys = self.connection.execute(f"select distinct {quoted(source.key[0])} from last_images").fetchall()
                touched.keys[source.kind].update(key for (key,) in keys)
            else:
                self.connection.execute(f"delete from {source.relation}")
                touched.everything = True
            columns = ", ".join(map(quoted, source.columns))
            self.connection.execute(
                f"insert into {source.relation} ({columns}) select {columns} from last_images where not is_gone"
            )
            touched.tables.add(name)
        self.forget()

    def find_last_images(self, source: Source, first_offset: int | None) -> None:
        """Make the table last_images: by key what was last delivered of a table from an offset on."""
        columns = ", ".join(f"{value(source, column)} as {quoted(column)}" for column in source.columns)
        key = ", ".join(map(quoted, source.key))
        self.connection.execute(
            f"""
            create or replace temp table last_images as
            with
            delivered as (
                select "offset", after is null as is_gone, coalesce(after, before) as image
                from raw.change_events
                where
                    "offset" >= {first_offset} and topic = {literal(self.topic)}
                    and table_name = {literal(source.name)} and op <> 't'
            ),
            images as (select "offset", is_gone, {columns} from delivered)
            select * exclude ("offset") from images
            qualify row_number() over (partition by {key} order by "offset" desc) = 1
            """
        )


def value(source: Source, column: str) -> str:
    """SQL: a value of a delivered image, as MySQL would write it as text."""
    text = f"image ->> {literal(column)}"
    return f"regexp_replace({text}, {literal(DATE)}, '\\1')" if column in source.dates else text
