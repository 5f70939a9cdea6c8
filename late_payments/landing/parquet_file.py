"""One Parquet file."""

import re
from pathlib import Path

import duckdb

from late_payments.landing.transaction import Refused, Table, literal, quoted


def land_parquet(connection: duckdb.DuckDBPyConnection, table: Table, file: Path, name: str) -> None:
    """Add the rows of a file to a table, the columns wanted, as text; name is what people call the file.

    Refused, if a column is missing or there twice, or the file is not Parquet. Each file is read by itself: DuckDB
    would read several by the types of the first, and round the others.
    """
    path = literal(str(file))
    try:
        names = [row[0] for row in connection.execute(f"select name from parquet_schema({path})").fetchall()[1:]]
        for column in table.columns:
            if names.count(column) != 1:
                how_many = "no column" if column not in names else "more than one column"
                raise Refused(f"{name} has {how_many} {column}, only {', '.join(names)}.")
        columns = ", ".join(f"cast({quoted(column)} as varchar)" for column in table.columns)
        # Some writers leave unsaid that a text is one.
        connection.execute(
            f"insert into {table.relation} select {columns}"
            f" from read_parquet([{path}], binary_as_string = true, hive_partitioning = false)"
        )
    except duckdb.InvalidInputException as error:
        # What DuckDB puts in quotes may be a value.
        words = re.sub(r'"[^"]*"', "…", str(error).split("\n")[0]).replace(str(file), name)
        raise Refused(f"{name} cannot be read as Parquet: {words}") from error
