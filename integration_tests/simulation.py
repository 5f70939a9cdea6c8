"""Nightly runs over many days, in the copy of the project that is the working directory.

    python simulation.py EXTRACTS FIRST_DAY NUMBER_OF_DAYS

Each day the four tables are what TRS would have held by its end, with the changes of CHANGES. They are landed and
built, and the mart is copied whole to copies.duckdb, to compare the history with. The history says when a run
was, and the runs of a simulation are all of today, so each is dated back to 23:00 of its day.

Prints what the copies and the versions take, as the rows of a table.
"""

import csv
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import duckdb

sys.path.append(str(Path.cwd()))
from late_payments.landing.__main__ import land_from
from late_payments.progress import Dbt

DATABASE, COPIES = "late_payments.duckdb", "copies.duckdb"
HISTORIES = ["skus_history", "accounts_history", "invoices_history", "invoice_features_history"]
Tables = dict[str, list[dict[str, str]]]


def read(directory: Path) -> Tables:
    tables = {}
    for table in ("accounts", "skus", "invoices", "invoice_line_items"):
        with open(directory / f"{table}.csv", encoding="utf-8", newline="") as file:
            tables[table] = list(csv.DictReader(file))
    return tables


def write(directory: Path, tables: Tables) -> None:
    directory.mkdir(exist_ok=True)
    for table, rows in tables.items():
        with open(directory / f"{table}.csv", "w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


def by_the_end_of(day: date, tables: Tables) -> Tables:
    """What TRS would have held: nothing issued, paid or joined later."""
    text = day.isoformat()
    invoices = [
        {**row, "payment_dates": row["payment_dates"] if row["payment_dates"] <= text else ""}
        for row in tables["invoices"]
        if row["date_issued"] <= text
    ]
    known = {row["invoice_id"] for row in invoices}
    return {
        "accounts": [row for row in tables["accounts"] if row["joining_date"] <= text],
        "skus": tables["skus"],
        "invoices": invoices,
        "invoice_line_items": [row for row in tables["invoice_line_items"] if row["invoice_id"] in known],
    }


def price_rise(tables: Tables) -> None:
    for row in tables["skus"][::3]:
        row["item_retail_price"] = str(float(row["item_retail_price"]) + 10)


def corrected_quantity(tables: Tables) -> None:
    tables["invoice_line_items"][0]["quantity"] = "9"


def without_the_first_invoice(tables: Tables) -> None:
    first = tables["invoices"][0]["invoice_id"]
    for table in ("invoices", "invoice_line_items"):
        tables[table] = [row for row in tables[table] if row["invoice_id"] != first]


def corrected_joining_date(tables: Tables) -> None:
    row = tables["accounts"][0]
    row["joining_date"] = (date.fromisoformat(row["joining_date"]) - timedelta(days=1)).isoformat()


# On which days, counted from the first, the extracts are not just one day further.
CHANGES: list[tuple[range, Callable[[Tables], None]]] = [
    (range(5, 10_000), price_rise),
    (range(9, 10_000), corrected_quantity),
    (range(12, 15), without_the_first_invoice),
    (range(18, 10_000), corrected_joining_date),
    (range(20, 22), price_rise),
]
NO_RUN = [7]


def date_back(connection: duckdb.DuckDBPyConnection, day: date) -> None:
    for history in HISTORIES:
        for column in ("dbt_valid_from", "dbt_valid_to"):
            connection.execute(
                f"update history.{history} set {column} = ? where {column} between '2022-01-01' and '9000-01-01'",
                [f"{day} 23:00:00"],
            )


def simulate(source: Path, first_day: date, number_of_days: int) -> None:
    for number in range(number_of_days):
        day = first_day + timedelta(days=number)
        if number in NO_RUN:
            continue
        tables = by_the_end_of(day, read(source))
        for days, change in CHANGES:
            if number in days:
                change(tables)
        write(Path("simulated"), tables)
        dbt = Dbt("--vars", "{raw: landed}")
        assert land_from(Path("simulated").absolute(), dbt) == 0
        # The histories, what they are made of, and its tests: no other mart.
        assert dbt.run("build", "--select", "+resource_type:snapshot", "--indirect-selection", "buildable") == 0
        with duckdb.connect(DATABASE) as connection:
            date_back(connection, day)
            connection.execute(f"attach if not exists '{COPIES}' as copies")
            connection.execute(
                "create table if not exists copies.invoice_features as"
                " select cast(null as date) as copied_on, * from features.invoice_features limit 0"
            )
            connection.execute(
                f"insert into copies.invoice_features select date '{day}', * from features.invoice_features"
            )


def print_sizes() -> None:
    """Rows, and bytes in a DuckDB file of its own and in Parquet (zstd)."""
    with duckdb.connect(DATABASE) as connection:
        for name, relation in (
            ("daily full copies", "copies.invoice_features"),
            ("versions", "history.invoice_features_history"),
        ):
            connection.execute("attach 'size.duckdb' as size")
            connection.execute(f"create table size.rows as from {relation}")
            connection.execute("detach size")
            connection.execute(f"copy {relation} to 'size.parquet' (compression zstd)")
            (rows,) = connection.execute(f"select count(*) from {relation}").fetchone()
            sizes = [Path(file).stat().st_size for file in ("size.duckdb", "size.parquet")]
            for file in ("size.duckdb", "size.parquet"):
                Path(file).unlink()
            print(f"| {name} | {rows:,} | {sizes[0]:,} | {sizes[1]:,} |")


if __name__ == "__main__":
    simulate(Path(sys.argv[1]), date.fromisoformat(sys.argv[2]), int(sys.argv[3]))
    print_sizes()
