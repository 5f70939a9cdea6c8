"""Run floor.sql, and what other scripts of this directory are named.

    python -m late_payments.bench.floor EXTRACTS DATABASE SCRIPT …

A process of its own, so that its memory and its start are measured as those of the others are.
"""

import sys
from pathlib import Path

import duckdb


def main(extracts: str, database: str, *scripts: str) -> None:
    """Make marts of a directory of extracts in a DuckDB file that is not there yet."""
    with duckdb.connect(database) as connection:
        connection.execute("set variable extracts = ?", [extracts])
        for script in scripts:
            connection.execute(Path(__file__).with_name(script).read_text(encoding="utf-8"))


if __name__ == "__main__":
    main(*sys.argv[1:])
