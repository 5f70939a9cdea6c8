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
from pathlib import Path
from typing import Any

import duckdb

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "target/bench"
DBT = Path(sys.executable).with_name("dbt")
# What Python and DuckDB's own buffers need comes on top.
MEMORY_LIMIT = os.environ.get("LATE_PAYMENTS_MEMORY_LIMIT", "3GB")
COLUMNS = {
    "inv_id": "bigint",
    "acct_id": "bigint",
    "inv_total": "decimal(18,2)",
    "inv_items": "bigint",
    "acct_age": "integer",
    "num_inv_120d": "bigint",
    "cum_tot_inv_acct": "bigint",
    "is_late": "integer",
}
SCOPES = {
    # What the others make too, with every test of it and of what it is made from.
    "invoice_features": ("--select", "+invoice_features", "--indirect-selection", "cautious"),
    "everything": (),
}
# On one machine the project on Spark takes too long for more.
MOST_FOR_SPARK = 100

# What was measured of one way to make invoice_features: seconds of its parts and their total, bytes of memory at its
# peak and of the database, and the checksum of the table.
Figures = dict[str, Any]


def memory(session: int) -> int:
    """Bytes that the processes of a session hold in memory together."""
    pages = 0
    for process in Path("/proc").iterdir():
        try:
            if process.name.isdigit() and os.getsid(int(process.name)) == session:
                pages += int((process / "statm").read_text().split()[1])
        except (ProcessLookupError, FileNotFoundError, PermissionError):
            continue
    return pages * os.sysconf("SC_PAGE_SIZE")


def run(*command: str | Path, **env: str) -> dict[str, float]:
    """Seconds and peak memory of a command, which must succeed."""
    peak = 0
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
            peak = max(peak, memory(process.pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    output, _ = process.communicate()
    seconds = time.monotonic() - started
    ended.set()
    watcher.join()
    if process.returncode:
        sys.exit(f"{' '.join(map(str, command))} ended with {process.returncode}:\n{output[-3000:]}")
    return {"seconds": seconds, "memory": peak}


def checksum(relation: str, database: Path | None = None) -> str:
    """Of every value of every row, whatever the order of the rows: two tables that differ anywhere have two of them."""
    columns = ", ".join(f"cast({column} as {kind})" for column, kind in COLUMNS.items())
    with duckdb.connect(database or ":memory:", read_only=database is not None) as connection:
        [(rows, total)] = connection.execute(f"select count(*), sum(hash({columns})) from {relation}").fetchall()
    return f"{rows:,} rows, {int(total):x}"


def size(path: Path) -> int:
    """Bytes of a file, or of all files in a directory."""
    return sum(file.stat().st_size for file in (path.rglob("*") if path.is_dir() else [path]) if file.is_file())


def floor(extracts: Path, work: Path) -> Figures:
    """Of floor.sql, into a new database."""
    database = work / "floor.duckdb"
    database.unlink(missing_ok=True)
    measured = run(sys.executable, "-m", "late_payments.bench.floor", extracts, database)
    return {
        "total": measured["seconds"],
        "memory": measured["memory"],
        "size": size(database),
        "checksum": checksum("invoice_features", database),
    }


def pyspark(extracts: Path, work: Path) -> Figures:
    """Of the job by PySpark alone."""
    out = work / "pyspark"
    measured = run(sys.executable, "-m", "late_payments.bench.spark_job", extracts, out)
    return {
        "total": measured["seconds"],
        "memory": measured["memory"],
        "size": size(out),
        "checksum": checksum(f"'{out}/*.parquet'"),
    }


def project(
    extracts: Path,
    work: Path,
    engine: str,
    scopes: list[str],
    store: Path,
    features: tuple[str, Path | None],
    **env: str,
) -> dict[str, Figures]:
    """Of the project, by scope, with an engine that env chooses and that writes the store.

    Everything in the directory work goes first. features say where the table can be read: the arguments of checksum.
    """
    shutil.rmtree(work, ignore_errors=True)
    (work / "exports").mkdir(parents=True)
    env |= {"DBT_LOG_PATH": str(work / "logs"), "DBT_TARGET_PATH": str(work / "target")}

    def dbt(*arguments: str) -> dict[str, float]:
        return run(DBT, "--quiet", *arguments, "--vars", "{raw: landed}", **env)

    # Warm, as every night but the first: dbt has parsed the project before.
    dbt("parse")
    land = run("make", f"VENV={DBT.parent.parent}", "land", f"EXTRACTS={extracts}", **env)
    rows = {}
    for scope in scopes:
        # No build takes snapshots without its tests, so what these take is what they take by themselves.
        build, tests = dbt("build", *SCOPES[scope]), dbt("test", *SCOPES[scope])
        rows[f"{engine}, {scope}"] = row = {
            "land": land["seconds"],
            "build": build["seconds"] - tests["seconds"],
            "tests": tests["seconds"],
            "total": land["seconds"] + build["seconds"],
            "memory": max(part["memory"] for part in (land, build, tests)),
            "size": size(store),
            "checksum": checksum(*features),
        }
        if scope == "everything":
            row["dbt build"] = build["seconds"]
    return rows


def on_duckdb(extracts: Path, work: Path) -> dict[str, Figures]:
    """Of the project on DuckDB: the one table, then everything."""
    database = work / "late_payments.duckdb"
    return project(
        extracts,
        work,
        "late_payments",
        ["invoice_features", "everything"],
        database,
        ("features.invoice_features", database),
        LATE_PAYMENTS_DATABASE=str(database),
        LATE_PAYMENTS_EXPORTS=str(work / "exports"),
        LATE_PAYMENTS_MEMORY_LIMIT=MEMORY_LIMIT,
    )


def on_spark(extracts: Path, work: Path) -> dict[str, Figures]:
    """Of the project on Spark in one process: everything."""
    warehouse = work / "warehouse"
    return project(
        extracts,
        work,
        "late_payments on Spark",
        ["everything"],
        warehouse,
        # Of one build: a table that is replaced leaves its files.
        (f"'{warehouse}/features/invoice_features/data/*.parquet'", None),
        DBT_TARGET="spark",
        LATE_PAYMENTS_SPARK_CATALOG_URI=f"jdbc:sqlite:{work}/catalog.db",
        LATE_PAYMENTS_SPARK_WAREHOUSE=str(warehouse),
        LATE_PAYMENTS_SPARK_MEMORY="4g",
    )


def measure(scale: int) -> dict[str, Figures]:
    """The figures of each way at one scale, whose extracts are made if they are not there from an earlier run."""
    work = RESULTS / f"x{scale}"
    work.mkdir(parents=True, exist_ok=True)
    extracts = work / "extracts"
    if not extracts.is_dir():
        run(sys.executable, "-m", "late_payments.extracts", "--scale", str(scale), "--out", extracts)
    rows = {"DuckDB, by hand": floor(extracts, work), "PySpark": pyspark(extracts, work)}
    rows |= on_duckdb(extracts, work / "duckdb")
    if scale <= MOST_FOR_SPARK:
        rows |= on_spark(extracts, work / "spark")
    if len({row["checksum"] for row in rows.values()}) != 1:
        sys.exit(f"The tables differ at {scale} times: " + ", ".join(f"{k} {v['checksum']}" for k, v in rows.items()))
    return rows


def table(scales: dict[int, dict[str, Figures]]) -> str:
    """Seconds and MB, and how the total grows: the exponent of the size, from each scale to each larger one."""
    times = ["land", "build", "tests", "total", "dbt build"]
    lines = [
        "| times the extracts | what | "
        + " | ".join(times)
        + " | total / by hand | peak memory | database | checksum |",
        "|---" * (len(times) + 6) + "|",
    ]
    for scale, rows in sorted(scales.items()):
        for name, row in rows.items():
            seconds = [f"{row[part]:.1f} s" if part in row else "" for part in times]
            ratio = row["total"] / rows["DuckDB, by hand"]["total"]
            lines.append(
                f"| {scale:,} | {name} | {' | '.join(seconds)} | {ratio:.1f} | {row['memory'] / 1e6:,.0f} MB"
                f" | {row['size'] / 1e6:,.0f} MB | {row['checksum']} |"
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
