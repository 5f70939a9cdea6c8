"""Time and memory of the project on DuckDB and on Spark, of SQL by hand and of a PySpark job, on the same extracts.

    python -m late_payments.bench SCALE [SCALE …]

A scale is how many times the size of the real extracts. Prints one table of all scales measured so far, and keeps it
with its figures in target/bench. Linux only: memory is read from /proc. Ends with an error if a command fails or if
the tables of two ways differ.
"""

import argparse
import json
import math
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "target/bench"
DBT = Path(sys.executable).with_name("dbt")
# What Python and DuckDB's own buffers need comes on top.
MEMORY_LIMIT = os.environ.get("LATE_PAYMENTS_MEMORY_LIMIT", "3GB")
# By scope what is built, with every test of it and of what it is made from. No unit tests, as on any night: they read
# no data.
SCOPES = {
    "invoice_features": ("--select", "+invoice_features", "--indirect-selection", "cautious"),
    "everything": (),
}
# By scope the marts that SQL by hand makes as well, with their schema, and the scripts that make them.
MARTS = {"invoice_features": ["features.invoice_features"]}
# Of extracts nobody knows the hours, so hourly_receivables is empty.
MARTS["everything"] = MARTS["invoice_features"] + [
    "features.invoice_payment_history",
    "features.open_invoice_risk",
    "features.risk_by_month",
    "features.training_set",
    "features.scoring_set",
    "finance.collections_by_month",
    "finance.daily_receivables",
    "finance.expected_collections",
    "finance.fct_invoices",
    "finance.fct_invoice_line_items",
    "finance.dim_accounts",
    "finance.dim_skus",
    "finance.dim_date",
    "finance.receivables_ageing",
    "finance.receivables_ageing_by_month",
    "finance.receivables_ageing_total",
    "finance.monthly_receivables",
    "branch.accounts_to_contact",
]
SCRIPTS = {"invoice_features": ["floor.sql"], "everything": ["floor.sql", "floor_marts.sql", "floor_risk.sql"]}
BY_HAND = "DuckDB, by hand, "
# On one machine the project on Spark takes too long for more.
MOST_FOR_SPARK = 100

# What was measured of one way to make the marts of a scope: its seconds, also of processors, bytes of memory at its
# peak and of the database, and the checksum of the marts.
Figures = dict[str, Any]
# By mart, the type of each column.
Types = dict[str, dict[str, str]]


def processes(session: int) -> Iterator[tuple[int, int, float]]:
    """Of each process of a session its id, the bytes that it holds in memory, and how long it has used a processor."""
    for process in Path("/proc").iterdir():
        try:
            if process.name.isdigit() and os.getsid(int(process.name)) == session:
                pages = int((process / "statm").read_text().split()[1])
                # What stands before may hold blanks: the name of the program.
                user, system = (process / "stat").read_text().rpartition(")")[2].split()[11:13]
                ticks = int(user) + int(system)
                yield int(process.name), pages * os.sysconf("SC_PAGE_SIZE"), ticks / os.sysconf("SC_CLK_TCK")
        except (ProcessLookupError, FileNotFoundError, PermissionError):
            continue


def run(*command: str | Path, **env: str) -> dict[str, float]:
    """Seconds, those of processors and peak memory of a command, which must succeed."""
    peak = 0
    # By process, when it was last seen. Nobody waits for some, such as Spark's, so the system does not add them up.
    used: dict[int, float] = {}
    started = time.monotonic()
    process = subprocess.Popen(
        list(map(str, command)),
        cwd=ROOT,
        env={**os.environ, **env},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    ended = threading.Event()

    def watch() -> None:
        nonlocal peak
        while not ended.wait(0.1):
            found = list(processes(process.pid))
            used.update({number: seconds for number, _, seconds in found})
            peak = max(peak, sum(size for _, size, _ in found))

    watcher = threading.Thread(target=watch)
    watcher.start()
    output, _ = process.communicate()
    seconds = time.monotonic() - started
    ended.set()
    watcher.join()
    if process.returncode:
        sys.exit(f"{' '.join(map(str, command))} ended with {process.returncode}:\n{output[-3000:]}")
    return {"total": seconds, "processor": sum(used.values()), "memory": peak}


def checksum(relations: dict[str, str], types: Types, database: Path | None = None) -> str:
    """Of every value of every row of some marts, whatever the order of rows and columns: equal only if all are equal.

    relations: where each mart is read, by its name in MARTS.
    """
    rows = total = 0
    with duckdb.connect(database or ":memory:", read_only=database is not None) as connection:
        for mart, relation in relations.items():
            columns = ", ".join(f"cast({column} as {kind})" for column, kind in sorted(types[mart].items()))
            query = f"select count(*), coalesce(sum(hash({columns})), 0) from {relation}"
            [(number, of_mart)] = connection.execute(query).fetchall()
            rows, total = rows + number, total * 31 + int(of_mart)
    return f"{rows:,} rows, {total % 2**80:x}"


def size(path: Path) -> int:
    """Bytes of a file, or of all files in a directory."""
    return sum(file.stat().st_size for file in (path.rglob("*") if path.is_dir() else [path]) if file.is_file())


def floor(extracts: Path, work: Path, scope: str) -> tuple[Figures, Types]:
    """Of SQL by hand, into a new database, and the types of the columns that it makes."""
    database = work / "floor.duckdb"
    database.unlink(missing_ok=True)
    measured = run(sys.executable, "-m", "late_payments.bench.floor", extracts, database, *SCRIPTS[scope])
    relations = {mart: mart.partition(".")[2] for mart in MARTS[scope]}
    with duckdb.connect(database, read_only=True) as connection:
        types: Types = {
            mart: {column: kind for column, kind, *_ in connection.execute(f"describe {relation}").fetchall()}
            for mart, relation in relations.items()
        }
    return measured | {"size": size(database), "checksum": checksum(relations, types, database)}, types


def pyspark(extracts: Path, work: Path, types: Types) -> Figures:
    """Of the job by PySpark alone."""
    out = work / "pyspark"
    measured = run(sys.executable, "-m", "late_payments.bench.spark_job", extracts, out)
    (mart,) = MARTS["invoice_features"]
    return measured | {"size": size(out), "checksum": checksum({mart: f"'{out}/*.parquet'"}, types)}


def empty(work: Path) -> dict[str, str]:
    """The environment of dbt in a directory, from which everything goes first."""
    shutil.rmtree(work, ignore_errors=True)
    (work / "exports").mkdir(parents=True)
    return {"DBT_LOG_PATH": str(work / "logs"), "DBT_TARGET_PATH": str(work / "target")}


def on_duckdb(extracts: Path, work: Path, scope: str, types: Types) -> Figures:
    """Of the project on DuckDB, as it runs every night: land, build, test and export in one process."""
    database = work / "late_payments.duckdb"
    env = empty(work) | {
        "LATE_PAYMENTS_DATABASE": str(database),
        "LATE_PAYMENTS_EXPORTS": str(work / "exports"),
        "LATE_PAYMENTS_MEMORY_LIMIT": MEMORY_LIMIT,
        # As `make nightly` does.
        "DBT_LOG_LEVEL_FILE": "none",
    }
    landed = ("--vars", "{raw: landed}")
    # Warm, as every night but the first: dbt has parsed the project before.
    run(DBT, "--quiet", "parse", *landed, **env)
    nightly: list[str | Path] = [sys.executable, "-m", "late_payments", *landed, "--extracts", extracts]
    measured = run(*nightly, "build", *SCOPES[scope], "--exclude-resource-type", "unit_test", **env)
    relations = {mart: mart for mart in MARTS[scope]}
    return measured | {"size": size(database), "checksum": checksum(relations, types, database)}


def on_spark(extracts: Path, work: Path, types: Types) -> Figures:
    """Of the project on Spark, everything, where landing is a command of its own."""
    warehouse = work / "warehouse"
    env = empty(work) | {
        "DBT_TARGET": "spark",
        "LATE_PAYMENTS_SPARK_CATALOG_URI": f"jdbc:sqlite:{work}/catalog.db",
        "LATE_PAYMENTS_SPARK_WAREHOUSE": str(warehouse),
        "LATE_PAYMENTS_SPARK_MEMORY": "4g",
    }
    landed = ("--vars", "{raw: landed}")
    run(DBT, "--quiet", "parse", *landed, **env)
    land = run("make", f"VENV={DBT.parent.parent}", "land", f"EXTRACTS={extracts}", **env)
    build = run(DBT, "--quiet", "build", *landed, "--exclude-resource-type", "unit_test", **env)
    # Of one build: a table that is replaced leaves its files.
    relations = {mart: f"'{warehouse}/{mart.replace('.', '/')}/data/*.parquet'" for mart in MARTS["everything"]}
    return {
        "total": land["total"] + build["total"],
        "processor": land["processor"] + build["processor"],
        "memory": max(land["memory"], build["memory"]),
        "size": size(warehouse),
        "checksum": checksum(relations, types),
    }


def measure(scale: int) -> dict[str, Figures]:
    """The figures of each way at one scale, whose extracts are made if they are not there from an earlier run.

    Ends the process if two ways make different marts.
    """
    work = RESULTS / f"x{scale}"
    work.mkdir(parents=True, exist_ok=True)
    extracts = work / "extracts"
    if not extracts.is_dir():
        run(sys.executable, "-m", "late_payments.extracts", "--scale", str(scale), "--out", extracts)
    rows: dict[str, Figures] = {}
    for scope in SCOPES:
        by_hand, types = floor(extracts, work, scope)
        of_scope = {f"{BY_HAND}{scope}": by_hand}
        if scope == "invoice_features":
            of_scope["PySpark"] = pyspark(extracts, work, types)
        of_scope[f"late_payments, {scope}"] = on_duckdb(extracts, work / "duckdb", scope, types)
        if scope == "everything" and scale <= MOST_FOR_SPARK:
            of_scope["late_payments on Spark, everything"] = on_spark(extracts, work / "spark", types)
        if len({row["checksum"] for row in of_scope.values()}) != 1:
            sys.exit(
                f"The marts differ at {scale} times: {[(name, row['checksum']) for name, row in of_scope.items()]}"
            )
        for row in of_scope.values():
            row["ratio"] = row["total"] / by_hand["total"]
        rows |= of_scope
    return rows


def table(scales: dict[int, dict[str, Figures]]) -> str:
    """Times of the SQL by hand of the same scope, and how the total grows: the exponent of the size, from each scale to
    each larger one.
    """
    lines = [
        "| times the extracts | what | total / by hand | total | processor | peak memory | database | checksum |",
        "|---" * 8 + "|",
    ]
    for scale, rows in sorted(scales.items()):
        for name, row in rows.items():
            lines.append(
                f"| {scale:,} | {name} | {row['ratio']:.1f} | {row['total']:.1f} s | {row['processor']:.1f} s"
                f" | {row['memory'] / 1e6:,.0f} MB | {row['size'] / 1e6:,.0f} MB | {row['checksum']} |"
            )
    if len(scales) == 1:
        return "\n".join(lines)
    names = list(scales[min(scales)])
    lines += ["", "Exponents of the total, 1 being linear growth:", ""]
    lines += [f"| from | to | {' | '.join(names)} |", "|---" * (len(names) + 2) + "|"]
    for a, b in ((a, b) for a in sorted(scales) for b in sorted(scales) if a < b):
        grown = [
            f"{math.log(scales[b][name]['total'] / scales[a][name]['total']) / math.log(b / a):.2f}"
            if name in scales[a] and name in scales[b]
            else ""
            for name in names
        ]
        lines.append(f"| {a:,} | {b:,} | {' | '.join(grown)} |")
    return "\n".join(lines)


def main() -> None:
    """Measure the scales of the command line, one after another, each kept as soon as it is done."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scales", type=int, nargs="+", metavar="SCALE")
    for scale in parser.parse_args().scales:
        results = measure(scale)
        (RESULTS / f"x{scale}.json").write_text(json.dumps(results, indent=2))
    saved = {int(file.stem[1:]): json.loads(file.read_text()) for file in RESULTS.glob("x*.json")}
    text = table(saved)
    (RESULTS / "table.md").write_text(text + "\n")
    print(text)


if __name__ == "__main__":
    main()
