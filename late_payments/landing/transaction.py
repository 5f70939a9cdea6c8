"""All tables of a delivery, or none."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

import duckdb


class Refused(Exception):
    """What is wrong with a delivery, where, and what to do. Never shows a value: it may be personal data."""


@dataclass(frozen=True)
class Table:
    """A table of the source trs."""

    name: str
    # As dbt writes them in SQL: the schema, and the table in full.
    schema: str
    relation: str
    # Names of the columns that an extract must have, in their order.
    columns: tuple[str, ...]
    # Of these, the ones that some model reads.
    columns_read: tuple[str, ...]


def quoted(identifier: str) -> str:
    """An identifier of SQL."""
    return '"' + identifier.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text of SQL."""
    return "'" + text.replace("'", "''") + "'"


def make_empty(connection: duckdb.DuckDBPyConnection, table: Table, columns: Sequence[str]) -> None:
    """Put a table without rows, all columns text, in the place of what was there."""
    definitions = ", ".join(f"{quoted(column)} varchar" for column in columns)
    connection.execute(f"create or replace table {table.relation} ({definitions})")


def land(
    connection: duckdb.DuckDBPyConnection,
    tables: Sequence[Table],
    fill: Callable[[duckdb.DuckDBPyConnection, Sequence[Table]], None],
    origin: str,
    note: Callable[[dict[str, int]], None],
) -> dict[str, int]:
    """Let fill replace the tables, note the number of rows of each by its name, and return them.

    Refused, if fill refuses or a table has no rows in the origin (a directory, MySQL). After that, after any other
    error and after Ctrl-C everything is as it was.
    """
    connection.begin()
    try:
        connection.execute(f"create schema if not exists {quoted(tables[0].schema)}")
        fill(connection, tables)
        rows = {}
        for table in tables:
            (rows[table.name],) = connection.execute(f"select count(*) from {table.relation}").fetchall()[0]
            if not rows[table.name]:
                raise Refused(f"{table.name} has no rows in {origin}.")
        note(rows)
        connection.commit()
    except BaseException:
        # An error that leaves the connection unusable has ended the transaction too.
        with suppress(duckdb.Error):
            connection.rollback()
        raise
    return rows
