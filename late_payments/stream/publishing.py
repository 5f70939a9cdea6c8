"""Publishes what changed: the rows of the keys in the outbox, all in one transaction of PostgreSQL.

The outbox is filled in the transaction that changes the marts and emptied when PostgreSQL has committed. Whoever is
killed in between sends the same keys again, with the rows of that time.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import cast

import duckdb
from dbt.contracts.graph.manifest import Manifest

from late_payments.green import Build
from late_payments.landing.transaction import literal, quoted
from late_payments.publish.marts import Mart, published_marts
from late_payments.publish.publication import connect, note, publication
from late_payments.publish.rows import change, replace
from late_payments.publish.structure import index, prepare
from late_payments.stream.compiled import KEYS


class Publishing:
    """The marts in PostgreSQL, kept as they are in DuckDB."""

    def __init__(
        self,
        source: duckdb.DuckDBPyConnection,
        manifest: Manifest,
        credentials: Mapping[str, str],
        readers: Mapping[str, Sequence[str]],
        run: tuple[str, datetime, str],
    ) -> None:
        """run: the id of this run of the stream in audit.runs, when it began, and what its source is called.

        Refused if PostgreSQL cannot be reached, or has other columns.
        """
        self.source = source
        self.marts = {mart.name: mart for mart in published_marts(manifest, source)}
        self.credentials, self.run = credentials, run
        self.noted_as_of: date | None = None
        self.connection = connect(credentials)
        with publication(self.connection):
            prepare(self.connection, list(self.marts.values()), readers)
            for mart in self.marts.values():
                for column in keys(mart):
                    index(self.connection, mart, column)
            before = self.connection.execute(
                "select build_id from audit.publications order by published_at desc limit 1"
            ).fetchone()
        # Whoever published last, if it was not the stream of this database, may have left other rows.
        if (
            not before
            or not source.execute(
                "select 1 from audit.run_events where command = 'stream' and run_id = ?", [before[0]]
            ).fetchone()
        ):
            for name in self.marts:
                source.execute(f"insert into stream.outbox values ({literal(name)}, '', null)")

    def publish(self) -> None:
        """Send what is in the outbox, and empty it. Refused if PostgreSQL does not take it; the outbox then stays."""
        waiting = self.source.execute(
            "select mart, key_column, list(distinct key), bool_or(key is null) from stream.outbox group by all"
        ).fetchall()
        if not waiting:
            return
        if self.connection.closed:
            self.connection = connect(self.credentials)
        try:
            with publication(self.connection):
                whole = {mart for mart, _, _, is_whole in waiting if is_whole}
                for name in sorted(whole):
                    replace(self.connection, self.marts[name], self.source)
                for name, column, keys, _ in waiting:
                    if name not in whole:
                        self.change(name, column, keys)
                as_of = self.note()
        except BaseException:
            self.connection.close()
            raise
        self.noted_as_of = as_of
        self.source.execute("delete from stream.outbox")

    def change(self, name: str, column: str, keys: list[str]) -> None:
        mart = self.marts[name]
        columns = ", ".join(quoted(column.name) for column in mart.columns)
        rows = self.source.execute(
            f"select {columns} from {mart.relation} where {column} in ({', '.join(map(literal, keys))})"
        ).fetchall()
        change(self.connection, mart, column, keys, rows)

    def note(self) -> date:
        """Say in audit.publications who publishes, once in a run and for each day as_of."""
        ((as_of,),) = self.source.execute("select as_of from intermediate.int_as_of").fetchall()
        if as_of != self.noted_as_of:
            note(self.connection, Build(*self.run, as_of))
        return cast(date, as_of)

    def close(self) -> None:
        self.connection.close()


def keys(mart: Mart) -> set[str]:
    """The columns that rows of a mart are changed by, and that a service finds them by."""
    named = {name for names in KEYS.values() for name in names} | {key[0] for key in mart.keys}
    return {column.name for column in mart.columns if column.name in named}
