"""Send the marts of the last green build to PostgreSQL, and to Parquet files again.

    python -m late_payments.publish [--target prod] [--vars "{readers: …}"]

All marts in one transaction: readers see all of the old state or all of the new. After any failure PostgreSQL is as it
was, and the exit status is 1. ADR 11 says why it works as it does, docs/for-operators.md how it is used.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable
from typing import Any

import duckdb
import psycopg
from dbt.adapters.duckdb.credentials import DuckDBCredentials
from dbt_common.exceptions import DbtBaseException

from late_payments import servers, warehouse
from late_payments.green import Build, Refused, last_green_build, public_models
from late_payments.landing.arguments import options_of_dbt
from late_payments.progress import Dbt
from late_payments.publish.marts import published_marts
from late_payments.publish.publication import connect, in_words, note, publication, refuse_seeds_over_landed
from late_payments.publish.rows import replace
from late_payments.publish.structure import prepare
from late_payments.record import Record


def main() -> int:
    """The exit status."""
    parser = argparse.ArgumentParser(prog="python -m late_payments.publish", description=__doc__.split("\n", 1)[0])
    parser.add_argument("--target", help="of profiles.yml; else DBT_TARGET, else dev")
    parser.add_argument("--vars", help="as of dbt")
    options = options_of_dbt(parser.parse_args())
    os.chdir(warehouse.PROJECT)
    return publish(Dbt(*options))


def publish(dbt: Dbt) -> int:
    """Publish what the last green build made, and say what, or why not. Returns the exit status.

    dbt has the target and the vars of that build; it reads the project if it has not yet. Works in the process of a
    build that is over.
    """
    return status_of(run, dbt)


def check(dbt: Dbt) -> int:
    """Whether publish would know all that it needs, as an exit status; it has then said what is missing."""
    return status_of(settings, dbt)


def status_of(step: Callable[[Dbt], object], dbt: Dbt) -> int:
    """The exit status of a step that raises an error, which is said, unless it goes well."""
    try:
        step(dbt)
    except psycopg.Error as error:
        print(servers.scrubbed(f"PostgreSQL refuses: {in_words(error)}"), file=sys.stderr)
        return 1
    except (Refused, DbtBaseException, duckdb.Error, OSError) as error:
        print(servers.scrubbed(str(error)), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped. PostgreSQL is as it was.", file=sys.stderr)
        return 130
    return 0


def settings(dbt: Dbt) -> tuple[DuckDBCredentials, dict[str, Any], dict[str, str]]:
    """The target, the vars, and how to reach the server. Refused or DbtRuntimeError, if one of them will not do."""
    if dbt.manifest is None:
        # What target/ holds is the build's.
        dbt.run("--no-write-json", "parse")
    if dbt.manifest is None:
        raise Refused("dbt cannot parse the project: see above")
    target, dbt_vars = warehouse.target_of_dbt(), warehouse.vars_of_dbt()
    if not isinstance(target, DuckDBCredentials):
        raise Refused(
            "This publishes from DuckDB. On Spark readers take the Iceberg tables themselves, while"
            " audit.last_green_build has a row."
        )
    if dbt_vars["as_of"] is not None:
        raise Refused("What is published is live, so as_of must not be set. Nothing was published.")
    return target, dbt_vars, servers.credentials(servers.POSTGRES, servers.prefix(target), "publish")


def run(dbt: Dbt) -> None:
    """As publish, with errors."""
    target, dbt_vars, credentials = settings(dbt)
    assert dbt.manifest
    # Open until the end, so that no other process changes what is being published.
    with warehouse.connect(target) as source:
        build = last_green_build(
            source, public_models(dbt.manifest), warehouse.in_words(target), "Nothing was published", "publish"
        )
        marts = published_marts(dbt.manifest, source)
        record = Record(
            source,
            command="publish",
            source=build.source,
            as_of=build.as_of,
            outcome="it is still running, or was refused or stopped",
        )
        with connect(credentials) as connection, publication(connection):
            refuse_seeds_over_landed(connection, build.source)
            prepare(connection, marts, dbt_vars["readers"])
            rows = {str(mart): replace(connection, mart, source) for mart in marts}
            note(connection, build)
            # The last step that can fail, so that both targets change or neither.
            export(dbt, build, rows)
        record.ended(outcome="published", as_of=build.as_of, rows_of_marts=json.dumps(rows))
    print(f"\n  source    {build.source}\n  as of     {build.as_of}\n")


def export(dbt: Dbt, build: Build, rows: dict[str, int]) -> None:
    """Let dbt write the files, as a build does, and say which. Refused if it cannot; it has then said why."""
    facts: dict[str, Any] = {"id": build.id, "source": build.source, "as_of": str(build.as_of), "rows": rows}
    if dbt.run("--no-write-json", "run-operation", "export_again", "--args", json.dumps({"build": facts})):
        raise Refused("The files were not replaced: see above. Nothing was published.")


if __name__ == "__main__":
    sys.exit(main())
