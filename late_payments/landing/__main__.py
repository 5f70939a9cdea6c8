"""Replace the tables of the source trs, all columns as text, in one transaction.

    python -m late_payments.landing --extracts DIRECTORY
    python -m late_payments.landing --source mysql [--target prod]

The directory may be s3://bucket/path. After any failure raw is as it was; the exit status is then 1, or 2 if the
command does not say where from. Never writes to where it reads. docs/extracts.md and docs/mysql.md say more.
"""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import NoReturn

import duckdb
from dbt.adapters.duckdb.credentials import DuckDBCredentials
from dbt.cli.main import dbtRunner
from dbt.config.runtime import load_profile
from dbt.contracts.graph.manifest import Manifest
from dbt.flags import get_flags
from dbt_common.exceptions import DbtBaseException

from late_payments import servers, warehouse
from late_payments.landing import mysql
from late_payments.landing.extracts import Bucket, Directory, Place, fill_from
from late_payments.landing.record import Record
from late_payments.landing.transaction import Refused, Table, land

PROJECT = Path(__file__).parents[2]


class Parser(argparse.ArgumentParser):
    """Says the same, whatever is wrong with the arguments."""

    def error(self, message: str) -> NoReturn:
        self.exit(
            2,
            "land needs to know where from, one of the two: --extracts DIRECTORY or --source mysql"
            f" (make land EXTRACTS=directory, make land SOURCE=mysql): {message}\n",
        )


def main() -> int:
    """The exit status."""
    parser = Parser(prog="python -m late_payments.landing", description=__doc__.split("\n", 1)[0])
    origin = parser.add_mutually_exclusive_group(required=True)
    origin.add_argument("--extracts", metavar="DIRECTORY", help="path of the extracts, or s3://bucket/path")
    origin.add_argument("--source", choices=["mysql"])
    parser.add_argument("--target", help="of profiles.yml; else DBT_TARGET, else dev")
    # The build that follows should have the same: with other vars dbt parses the project anew.
    parser.add_argument("--vars", default="{raw: landed}", help="as of dbt")
    arguments = parser.parse_args()
    if arguments.extracts == "":
        parser.error("EXTRACTS is set to nothing")
    try:
        extracts = arguments.extracts
        if extracts and not extracts.startswith("s3://"):
            # Its path is the caller's, that of the database is the project's.
            extracts = Path(extracts).absolute()
        os.chdir(PROJECT)
        return run(extracts, arguments.target, arguments.vars)
    except (Refused, DbtBaseException, duckdb.Error, OSError) as error:
        print(scrubbed(str(error)), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped. Schema raw is as it was.", file=sys.stderr)
        return 130


def run(extracts: Path | str | None, target: str | None, dbt_vars: str) -> int:
    """Land from a directory, the address of a bucket or, without either, from MySQL, and say how many rows."""
    options = ["--vars", dbt_vars, *(["--target", target] if target else [])]
    tables, credentials, manifest = known_to_dbt(options)
    secrets = [plugin.config or {} for plugin in credentials.plugins or [] if plugin.module == "late_payments.servers"]
    prefix = secrets[0]["prefix"]
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
    make_audit(manifest, options)
    with duckdb.connect(credentials.path) as connection:
        for name, value in (credentials.settings or {}).items():
            connection.execute(f"set {name} = '{value}'")
        # For whoever watches.
        connection.execute(f"set enable_progress_bar = {sys.stdout.isatty()}")
        if server:
            servers.connect(connection, servers.MYSQL, server)
        record = Record(connection, source)
        try:
            rows = land(connection, tables, fill, origin, record.landed)
        except Refused:
            record.refused()
            raise
    for table in tables:
        print(f"landed {rows[table.name]:,} rows in {table.schema}.{table.name}")
    return 0


def known_to_dbt(options: Sequence[str]) -> tuple[list[Table], DuckDBCredentials, Manifest]:
    """The tables of the source trs, how the target's database is opened, and all that dbt has parsed.

    Options are dbt's. Refused if dbt cannot parse the project, which it has then said why, or the target is not DuckDB.
    """
    result = dbtRunner().invoke(["--quiet", "parse", *options])
    if not result.success or not isinstance(result.result, Manifest):
        raise Refused(f"dbt cannot parse the project: {result.exception or 'see above'}")
    flags = get_flags()
    credentials = load_profile(".", flags.VARS, target_override=flags.TARGET).credentials
    if not isinstance(credentials, DuckDBCredentials):
        raise Refused("This lands in DuckDB. On Spark: dbt run-operation land --args '{directory: …}' --target spark")
    warehouse.place(credentials)
    sources = [source for source in result.result.sources.values() if source.source_name == "trs"]
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
    return tables, credentials, result.result


def make_audit(manifest: Manifest, options: Sequence[str]) -> None:
    """Let dbt make audit.runs, where it is missing; Refused if it cannot."""
    made = dbtRunner(manifest).invoke(["--quiet", "--no-write-json", "run-operation", "create_audit", *options])
    if not made.success:
        raise Refused(f"audit.runs cannot be made: {made.exception or 'see above'}")


def scrubbed(message: str) -> str:
    """A message without the value of any DBT_ENV_SECRET_* variable, which errors of others may repeat."""
    for name, value in os.environ.items():
        if name.startswith("DBT_ENV_SECRET_") and value:
            message = message.replace(value, "*****")
    return message


if __name__ == "__main__":
    sys.exit(main())
