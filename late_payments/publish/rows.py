"""A mart's rows in PostgreSQL: all of them, or those of some keys. Always in the caller's transaction.

Rows are deleted and inserted. truncate would lock readers out, and show an empty table to those who began before it.
"""

import os
from collections.abc import Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import duckdb
import psycopg
from psycopg import sql

from late_payments.green import Refused
from late_payments.publish.marts import Mart
from late_payments.publish.publication import in_words

# What a pipe of Linux holds.
BLOCK = 65536


def replace(connection: psycopg.Connection, mart: Mart, source: duckdb.DuckDBPyConnection) -> int:
    """Put all rows that DuckDB holds in the place of those that PostgreSQL holds. Returns how many.

    In memory is never more than a block of them. Refused, naming the mart, if PostgreSQL does not take them;
    duckdb.Error, if DuckDB cannot give them. The caller's transaction is of no use after either.
    """
    into = sql.SQL("copy {} ({}) from stdin (format csv)").format(mart.identifier, mart.column_names)
    try:
        with connection.cursor() as cursor, closing(csv_of(mart, source)) as blocks:
            cursor.execute(sql.SQL("delete from {}").format(mart.identifier))
            with cursor.copy(into) as copy:
                for block in blocks:
                    copy.write(block)
            count: int = cursor.rowcount
            return count
    except psycopg.Error as error:
        raise Refused(f"PostgreSQL does not take the rows of {mart}: {in_words(error)}") from error


def csv_of(mart: Mart, source: duckdb.DuckDBPyConnection) -> Generator[bytes, None, None]:
    """The rows of a mart as CSV, in blocks, without a header. DuckDB writes nulls as nothing and empty texts as "".

    Both engines know this format, so no value passes through Python. To be closed if it is not read to its end.
    """
    columns = ", ".join('"' + column.name.replace('"', '""') + '"' for column in mart.columns)
    read_end, write_end = os.pipe()

    def write() -> None:
        try:
            source.execute(
                f"copy (select {columns} from {mart.relation}) to '/dev/fd/{write_end}' (format csv, header false)"
            )
        finally:
            os.close(write_end)

    # Left in the reverse order: DuckDB, which would wait for a reader for ever, fails once there is none.
    with ThreadPoolExecutor(1) as executor, open(read_end, "rb", buffering=0) as file:
        writing = executor.submit(write)
        while block := file.read(BLOCK):
            yield block
        writing.result()


def change(
    connection: psycopg.Connection,
    mart: Mart,
    key_column: str,
    keys: Sequence[Any],
    rows: Sequence[Sequence[Any]],
) -> None:
    """Put rows in the place of all those whose key is one of keys; keys without rows are deleted.

    rows: what DuckDB's fetchall gives, in the order of mart.columns. Each must have a key of keys, or repeating the
    change would double it. Refused, naming the mart, if PostgreSQL does not take them.
    """
    (type_,) = (column.type for column in mart.columns if column.name == key_column)
    delete = sql.SQL("delete from {} where {} = any(%s::{}[])").format(
        mart.identifier, sql.Identifier(key_column), sql.SQL(type_)
    )
    into = sql.SQL("copy {} ({}) from stdin").format(mart.identifier, mart.column_names)
    try:
        with connection.cursor() as cursor:
            cursor.execute(delete, [list(keys)])
            if rows:
                with cursor.copy(into) as copy:
                    for row in rows:
                        copy.write_row(row)
    except psycopg.Error as error:
        raise Refused(f"PostgreSQL does not take the rows of {mart}: {in_words(error)}") from error
