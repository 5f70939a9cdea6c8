"""Whatever the format and however many files: the same raw tables, and nothing rounded, doubled or dropped."""

import csv
import random
from collections import Counter
from pathlib import Path

import duckdb
import pytest
from conftest import TABLES, Project

# As a writer of Parquet types them.
TYPES = {
    "account_id": "integer",
    "invoice_id": "bigint",
    "quantity": "smallint",
    "joining_date": "date",
    "date_issued": "date",
    "payment_dates": "date",
    "item_cost_price": "decimal(10, 2)",
    "item_retail_price": "decimal(10, 2)",
}
ONE_FILE = {"csv.gz": "header, compression gzip", "csv.zst": "header, compression zstd", "parquet": "format parquet"}


@pytest.fixture
def project(built: Project, tmp_path: Path) -> Project:
    """A copy that has been parsed."""
    return Project.like(built, tmp_path / "project")


def extract(project: Project, table: str, typed: bool = False) -> str:
    file = project.path / f"seeds/{table}.csv"
    names = file.read_text(encoding="utf-8").split("\n", 1)[0].split(",")
    columns = [f"cast({name} as {TYPES[name]}) as {name}" if typed and name in TYPES else name for name in names]
    return f"select {', '.join(columns)} from read_csv('{file}', header = true, all_varchar = true)"


def land(project: Project, directory: Path, ok: bool = True) -> str:
    return project.make("land", f"EXTRACTS={directory}", ok=ok)


def raw(project: Project) -> dict[str, Counter]:
    return {table: Counter(project.query(f"select * from raw.{table}")) for table in TABLES}


def delivered(project: Project, decimals: bool = False) -> dict[str, Counter]:
    """In plain Python. A decimal is written with all its places."""
    tables = {}
    for table in TABLES:
        with open(project.path / f"seeds/{table}.csv", encoding="utf-8", newline="") as file:
            rows = [
                tuple(
                    f"{float(value):.2f}" if decimals and name.endswith("price") else value or None
                    for name, value in row.items()
                )
                for row in csv.DictReader(file)
            ]
        tables[table] = Counter(rows)
    return tables


@pytest.mark.parametrize("form", ["csv.gz", "csv.zst", "parquet", "many parquet"])
def test_each_format_lands_the_same(project: Project, tmp_path: Path, form: str) -> None:
    directory = tmp_path / "delivered"
    directory.mkdir()
    for table in TABLES:
        query = extract(project, table, typed="parquet" in form)
        if form == "many parquet":
            duckdb.sql(
                f"copy ({query}) to '{directory}/{table}' (format parquet, per_thread_output, row_group_size 2048)"
            )
            (directory / table / "_SUCCESS").touch()
        else:
            duckdb.sql(f"copy ({query}) to '{directory}/{table}.{form}' ({ONE_FILE[form]})")
    land(project, directory)
    assert raw(project) == delivered(project, decimals="parquet" in form)


def test_parquet_files_are_not_read_by_the_types_of_the_first(project: Project, tmp_path: Path) -> None:
    for table in TABLES[:3]:
        (tmp_path / f"{table}.csv").write_bytes((project.path / f"seeds/{table}.csv").read_bytes())
    folder = tmp_path / "invoice_line_items"
    folder.mkdir()
    lines = extract(project, folder.name, typed=True)
    duckdb.sql(f"copy (select * from ({lines}) where invoice_id > 1) to '{folder}/1.parquet'")
    # Columns in another order, a number with a fraction, and text that is not said to be one.
    duckdb.sql(
        "copy (select 1 + quantity / 2.0 as quantity, invoice_id::double as invoice_id, item_id::blob as item_id"
        f" from ({lines}) where invoice_id = 1) to '{folder}/2.parquet'"
    )
    land(project, tmp_path)
    assert Counter(project.query("select * from raw.invoice_line_items where invoice_id = '1.0'")) == Counter(
        (f"{float(invoice_id)}", item_id, f"{1 + int(quantity) / 2}")
        for (invoice_id, item_id, quantity) in delivered(project)["invoice_line_items"].elements()
        if invoice_id == "1"
    )

    duckdb.sql(f"copy (select invoice_id, item_id from ({lines})) to '{folder}/3.parquet'")
    before = raw(project)
    assert "3.parquet has no column quantity" in land(project, tmp_path, ok=False)
    assert raw(project) == before


def test_quoted_values_over_several_lines_survive_parallel_reading(project: Project, tmp_path: Path) -> None:
    """Large enough for several threads, which begin in the middle of whatever is there."""
    for table in TABLES[1:]:
        (tmp_path / f"{table}.csv").write_bytes((project.path / f"seeds/{table}.csv").read_bytes())
    choose = random.Random(0).choice
    pieces = ['\n1,"', '"\n', '",\n', "\n", ",", '"', "\n7,8,9,10,11,12,13\n", "word ", "é😀 "]
    rows = [
        (
            str(number),
            *("".join(choose(pieces) for _ in range(30)).strip() or None for _ in range(4)),
            "F",
            "2020-01-01",
        )
        for number in range(250_000)
    ]
    with open(tmp_path / "accounts.csv", "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(duckdb.sql(extract(project, "accounts")).columns)
        writer.writerows(rows)
    land(project, tmp_path)
    assert Counter(project.query("select * from raw.accounts")) == Counter(rows)
