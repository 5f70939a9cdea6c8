"""One transaction of DuckDB for each batch of transactions of the source: events, raw, models, position and outbox."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timezone
from hashlib import sha256

import duckdb

from late_payments.landing.transaction import Refused, literal
from late_payments.stream.compiled import KEYS, Compiled, Model, Source
from late_payments.stream.history import with_next_versions
from late_payments.stream.landing import TABLES, Landing, Touched
from late_payments.stream.refreshing import Fault, Refresh
from late_payments.stream.transactions import Chunk


@dataclass
class State:
    """How far the stream has come, for whoever watches."""

    # None before the first transaction.
    next_offset: int | None = None
    last_transaction: str = ""
    as_of: str = ""
    # What keeps the marts as they were.
    faults: Sequence[Fault] = ()
    is_mixed: bool = False

    def held_back(self) -> str:
        """Why the marts stay as they were; empty if they do not."""
        if self.is_mixed:
            return "raw was landed since the stream last ran, so all that is in the topic is read first"
        return "; ".join(
            f"{fault.rows:,} in {fault.test.name}: {in_short(fault.test.description)}" for fault in self.faults
        )


class Stream:
    """The database, followed by one connection."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, compiled: Compiled, topic: str) -> None:
        """Refused if the database is not built, or follows another topic."""
        self.connection = connection
        self.topic = topic
        self.refuse_what_is_not_built(compiled)
        self.compiled = with_next_versions(connection, compiled)
        connection.execute(TABLES)
        self.landing = Landing(connection, compiled, topic)
        self.is_open = False
        self.state = State()
        # Raw is newer than what comes next in the topic: it is no state that TRS was ever in.
        self.is_catching_up = False
        # Somebody else, or other SQL, has made marts since: which rows readers lack is not known.
        self.is_made_by_others = False
        # What the gate's model said when the marts were last refreshed, the day as_of first.
        self.calendar: str | None = None
        self.sql_of_models = hash_of(compiled)
        self.take_up()

    def refuse_what_is_not_built(self, compiled: Compiled) -> None:
        there = {
            (schema, table): columns
            for schema, table, columns in self.connection.execute(
                "select table_schema, table_name, list(column_name) from information_schema.columns"
                " where table_catalog = current_database() group by all"
            ).fetchall()
        }
        nodes: list[Source | Model] = [*compiled.sources.values(), *compiled.models]
        for node in nodes:
            schema, table = node.relation.replace('"', "").split(".")[-2:]
            found = there.get((schema, table), [])
            if not found or not set(node.columns) <= set(found):
                missing = ", ".join(name for name in node.columns if name not in found)
                raise Refused(
                    f"{schema}.{table} {f'has no {missing}' if found else 'is not there'}: the stream goes on from a"
                    " whole build of the same models. Build first: make build SOURCE=mysql, or RAW=landed if raw is"
                    " filled."
                )

    def take_up(self) -> None:
        """Go on where the last run of the stream ended; with everything, if anybody else has built or landed since."""
        found = self.connection.execute(
            "select topic, next_offset, last_transaction, calendar, sql_of_models, is_mixed, moved_at"
            " from stream.position"
        ).fetchall()
        self.touched = Touched()
        self.state.next_offset, self.state.last_transaction = None, ""
        if not found:
            self.touched.everything = self.is_catching_up = self.is_made_by_others = True
            return
        topic, self.state.next_offset, last, self.calendar, sql, self.is_catching_up, moved_at = found[0]
        self.state.last_transaction = last
        if topic != self.topic:
            raise Refused(
                f"The database follows the topic {topic}, not {self.topic}: set LATE_PAYMENTS_KAFKA_TOPIC, or drop the"
                " schema stream to begin anew with a snapshot of the connector."
            )
        for kind, key in self.connection.execute("select kind, key from stream.touched").fetchall():
            if kind == "all":
                self.touched.everything = True
            elif kind == "table":
                self.touched.tables.add(key)
            else:
                self.touched.keys[kind].add(key)
        others = self.connection.execute(
            "select changed_raw from audit.runs where command not in ('stream', 'publish') and not is_replay"
            " and coalesce(ended_at, begun_at) > ?",
            [moved_at],
        ).fetchall()
        self.is_catching_up |= (True,) in others
        self.is_made_by_others = bool(others) or sql != self.sql_of_models
        self.touched.everything |= self.is_made_by_others

    def take(self, chunk: Chunk) -> None:
        """Land a chunk and, if the source committed at its end, refresh the marts and keep all of it."""
        if chunk.starts_over:
            self.roll_back()
        self.begin()
        self.landing.add(chunk.changes)
        if chunk.is_whole:
            self.landing.apply(self.touched)
            self.state.next_offset = chunk.next_offset
            self.state.last_transaction = chunk.transaction or self.state.last_transaction
            self.refresh()

    def refresh(self) -> None:
        """Refresh the marts by what is touched, if their tests let them, and commit."""
        self.begin()
        try:
            refresh = Refresh(self.connection, self.compiled, self.touched)
            faults = refresh.staging()
            if not faults and not self.is_catching_up:
                self.calendar = refresh.marts(self.calendar)
                if self.is_made_by_others:
                    refresh.put_all_in_outbox()
                self.touched, self.is_made_by_others = Touched(), False
            self.keep()
            self.connection.commit()
        except BaseException:
            self.roll_back()
            raise
        self.is_open = False
        self.state.faults, self.state.is_mixed = faults, self.is_catching_up
        self.state.as_of = (self.calendar or "").split(",")[0]

    def keep(self) -> None:
        """Write down how far the stream has come."""
        self.connection.execute("delete from stream.position")
        self.connection.execute(
            "insert into stream.position values (?, ?, ?, ?, ?, ?, ?)",
            [
                self.topic,
                self.state.next_offset,
                self.state.last_transaction,
                self.calendar,
                self.sql_of_models,
                self.is_catching_up,
                datetime.now(timezone.utc).replace(tzinfo=None),
            ],
        )
        self.connection.execute("delete from stream.touched")
        kept = [("all", "")] if self.touched.everything else []
        kept += [("table", name) for name in self.touched.tables]
        kept += [(kind, key) for kind in KEYS for key in self.touched.keys[kind]]
        if kept:
            rows = ", ".join(f"({literal(kind)}, {literal(key)})" for kind, key in kept)
            self.connection.execute(f"insert into stream.touched values {rows}")

    def source(self) -> str:
        """What audit.runs calls the source of rows that are landed from now on."""
        ((before,),) = self.connection.execute(
            "select (select source from audit.runs where changed_raw order by begun_at desc limit 1)"
        ).fetchall()
        if before and before.startswith("stream "):
            return str(before)
        return f"stream {self.topic}" + (f" after {before}" if before else "")

    def empty_outbox(self) -> None:
        """Where nothing is published, remember no keys: whoever publishes later sends everything."""
        self.connection.execute("delete from stream.outbox where key is not null")

    def begin(self) -> None:
        if not self.is_open:
            self.connection.begin()
            self.is_open = True

    def roll_back(self) -> None:
        """Forget what has not been committed."""
        with suppress(duckdb.Error):
            self.connection.rollback()
        self.is_open = False
        self.landing.forget()
        self.take_up()

    def in_words(self) -> str:
        """How far the stream has come."""
        state = self.state
        if state.next_offset is None:
            return "the beginning of the topic"
        held_back = state.held_back()
        return (
            f"offset {state.next_offset}"
            + (f", transaction {state.last_transaction}" if state.last_transaction else "")
            + (f"; the marts are held back: {held_back}" if held_back else "")
        )


def in_short(description: str) -> str:
    """The first sentence of a description."""
    return description.split(". ")[0].rstrip(".")


def hash_of(compiled: Compiled) -> str:
    """Changes with the SQL of any model."""
    return sha256("".join(model.sql for model in compiled.models).encode()).hexdigest()
