"""The tables in MySQL, all of one moment."""

from collections.abc import Sequence

import duckdb

from late_payments.landing.transaction import Table, literal, make_empty, quoted


def fill(connection: duckdb.DuckDBPyConnection, tables: Sequence[Table]) -> None:
    """Replace the tables by those of the same names in MySQL, within a transaction of the caller.

    The connection must have the secret trs. duckdb.Error, in MySQL's words, if it cannot be reached, the user may not
    read something, or a table or column is missing.
    """
    connection.execute("attach '' as trs (type mysql, secret trs, read_only)")
    # One table at a time, so that what is refused here names what is missing and nothing else.
    for table in tables:
        columns = "`, `".join(table.columns_read)
        asked = literal(f"select `{columns}` from `{table.name}` limit 0")
        connection.execute(f"select * from mysql_query('trs', {asked})").fetchall()
    # One statement sees one state of MySQL, whatever its isolation level; DuckDB runs each mysql_query by itself.
    connection.execute(
        f"create temporary table delivered as select * from mysql_query('trs', {literal(statement(tables))})"
    )
    for number, table in enumerate(tables, 1):
        values = ", ".join(f"value_{position}" for position in range(1, len(table.columns_read) + 1))
        make_empty(connection, table, table.columns_read)
        connection.execute(
            f"insert into {table.relation} ({', '.join(map(quoted, table.columns_read))})"
            f" select {values} from delivered where table_number = {number}"
        )
    connection.execute("drop table delivered")


def statement(tables: Sequence[Table]) -> str:
    """A statement of MySQL for the rows of all tables one after the other.

    Its columns are table_number, counted from 1, and value_1, value_2 and so on: the values of the columns that are
    read, as text. MySQL writes the text, as it would in an extract: DuckDB would make 0000-00-00 a null.
    """
    width = max(len(table.columns_read) for table in tables)
    selects = []
    for number, table in enumerate(tables, 1):
        values = [f"cast(`{table.name}`.`{column}` as char)" for column in table.columns_read]
        values += ["null"] * (width - len(values))
        named = ", ".join(f"{value} as value_{position}" for position, value in enumerate(values, 1))
        selects.append(f"select {number} as table_number, {named} from `{table.name}`")
    return " union all ".join(selects)
