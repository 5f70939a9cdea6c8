"""Replace the tables of the source trs, all columns as text, in one transaction.

    python -m late_payments.landing --extracts DIRECTORY
    python -m late_payments.landing --source mysql [--target prod]

The directory may be s3://bucket/path. After any failure raw is as it was; the exit status is then 1, or 2 if the
command does not say where from. Never writes to where it reads. docs/extracts.md and docs/mysql.md say more.
"""

import json
import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import duckdb
from dbt.adapters.duckdb.credentials import DuckDBCredentials
from dbt_common.exceptions import DbtBaseException

from late_payments import servers, warehouse
from late_payments.landing import mysql
from late_payments.landing.arguments import Parser, anchored, options_of_dbt
from late_payments.landing.extracts import Bucket, Directory, Place, fill_from
from late_payments.landing.transaction import Refused, Table, land
from late_payments.progress import Dbt
from late_payments.record import Record

PROJECT = Path(__file__).parents[2]


def main() -> int:
    """The exit status."""
    arguments = Parser(True, prog="python -m late_payments.landing", description=__doc__.split("\n", 1)[0]).parse_args()
    # The path of the extracts is the caller's, that of the database is the project's.
    extracts = anchored(arguments.extracts)
    os.chdir(PROJECT)
    # The build that follows should have the same vars: with others dbt parses the project anew.
    arguments.vars = arguments.vars or "{raw: landed}"
    return land_from(extracts, Dbt(*options_of_dbt(arguments)))


def land_from(extracts: Path | str | None, dbt: Dbt) -> int:
    """Land from a directory, the address of a bucket or, without either, from MySQL, and say how many rows, or why not.

    Returns the exit status.
    """
    try:
        run(extracts, dbt)
    except (Refused, DbtBaseException, duckdb.Error, OSError) as error:
        print(servers.scrubbed(str(error)), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped. Schema raw is as it was.", file=sys.stderr)
        return 130
    return 0


def run(extracts: Path | str | None, dbt: Dbt) -> None:
    """As land_from, with errors."""
    tables, credentials = known_to_dbt(dbt)
    prefix = servers.prefix(credentials)
    fill: Callable[[duckdb.DuckDBPyConnection, Sequence[Table]], None]
    server: dict[str, str] = {}
    if extracts is None:
        origin, source, fill = "MySQL", "mysql", mysql.fill
        server = servers.credentials(servers.MYSQL, prefix, "land")
    else:
        place: Place
        if isinstance(extracts, Path):
            place = Directory(extracts)
        else:
            place = Bucket(extracts, servers.client_options(prefix, "land"))
        origin, source, fill = str(place), f"files in {place}", partial(fill_from, place)
    make_audit(credentials, dbt)
    with warehouse.connect(credentials) as connection:
        if server:
            servers.connect(connection, servers.MYSQL, server)
        record = Record(connection, command="land", source=source, outcome="it is still running, or was stopped")

        def note(rows: dict[str, int]) -> None:
            record.ended(outcome="landed", rows_landed=json.dumps(rows))

        try:
            rows = land(connection, tables, fill, origin, note)
        except Refused:
            record.ended(outcome="refused")
            raise
    for table in tables:
        print(f"landed {rows[table.name]:,} rows in {table.schema}.{table.name}")


def make_audit(credentials: DuckDBCredentials, dbt: Dbt) -> None:
    """Let dbt make audit.runs in a database that a build has not yet seen; Refused if it cannot."""
    with duckdb.connect(credentials.path) as connection:
        is_there = connection.execute(
            "select 1 from duckdb_tables() where schema_name || '.' || table_name = 'audit.run_events'"
        ).fetchall()
    if not is_there and dbt.run("--no-write-json", "run-operation", "create_audit"):
        raise Refused("audit.runs cannot be made: see above")


def known_to_dbt(dbt: Dbt) -> tuple[list[Table], DuckDBCredentials]:
    """The tables of the source trs, and how the target's database is opened.

    Refused if dbt cannot parse the project, which it has then said why, or the target is not DuckDB.
    """
    # What target/ holds is left to the build, which writes it anyway.
    if not dbt.manifest:
        dbt.run("--no-write-json", "parse")
    if not dbt.manifest:
        raise Refused("dbt cannot parse the project: see above")
    credentials = warehouse.target_of_dbt()
    if not isinstance(credentials, DuckDBCredentials):
        raise Refused("This lands in DuckDB. On Spark: dbt run-operation land --args '{directory: …}' --target spark")
    sources = [source for source in dbt.manifest.sources.values() if source.source_name == "trs"]
    tables = [
        Table(
            source.name,
            source.schema,
            str(source.relation_name),
            tuple(source.columns),
            tuple(name for name, column in source.columns.items() if not column.config.meta.get("stays_in_raw")),
        )
        for source in sources
    ]
    return tables, credentials


if __name__ == "__main__":
    sys.exit(main())
