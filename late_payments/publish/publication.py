"""The connection, the one transaction of a publication, and what audit.publications says about it."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timezone

import psycopg
from psycopg import sql

from late_payments.green import Build, Refused
from late_payments.publish.marts import Column, Table

# It repeats errors that are raised as well, with the rows that PostgreSQL quotes in them.
logging.getLogger("psycopg").setLevel(logging.CRITICAL)

PUBLICATIONS = Table(
    "audit",
    "publications",
    "One row per publication: the last one is what the marts hold.",
    (
        Column("published_at", "timestamp without time zone", "When it was published, UTC."),
        Column("build_id", "text", "Id of the build: run_id in audit.runs of its database."),
        Column("built_at", "timestamp without time zone", "When the build began, UTC."),
        Column("source", "text", "Where the rows came from: seeds, mysql, or files and their directory."),
        Column("as_of", "date", "The day whose knowledge the marts hold."),
    ),
)

# The advisory lock that publishers of this project share in a database.
PUBLISHING = int.from_bytes(b"publish", "big")


def connect(credentials: Mapping[str, str]) -> psycopg.Connection:
    """A connection to the server that servers.credentials names, to use with `publication`.

    What else libpq reads from the environment, such as PGSSLMODE, holds. Refused, in psycopg's words, which never
    hold the password, if the server cannot be reached or does not let the user in.
    """
    try:
        connection = psycopg.connect(
            host=credentials["host"],
            port=credentials["port"],
            dbname=credentials["database"],
            user=credentials["user"],
            password=credentials["password"],
            # Of what DuckDB writes.
            client_encoding="utf8",
            application_name="late_payments",
            # Transactions are those of `publication` alone.
            autocommit=True,
        )
    except psycopg.Error as error:
        raise Refused(f"PostgreSQL cannot be reached: {error}") from None
    # Whoever has waited for another publisher must see what that one left.
    connection.isolation_level = psycopg.IsolationLevel.READ_COMMITTED
    return connection


@contextmanager
def publication(connection: psycopg.Connection) -> Iterator[None]:
    """A transaction that ends with the block: readers see the old rows until then, and go on seeing them if it fails.

    Waits until no other publisher is in one: two that replace the same rows would each leave theirs.
    """
    with connection.transaction():
        connection.execute("select pg_advisory_xact_lock(%s)", [PUBLISHING])
        yield


def refuse_seeds_over_landed(connection: psycopg.Connection, source: str) -> None:
    """Refused, if the rows to publish come from the seeds and those that PostgreSQL holds do not."""
    if source != "seeds" or connection.execute("select to_regclass('audit.publications')").fetchone() == (None,):
        return
    for (before,) in connection.execute("select source from audit.publications order by published_at desc limit 1"):
        if before != "seeds":
            raise Refused(
                f"PostgreSQL holds landed data ({before}), and the last build was made from the seeds. Nothing was"
                " published. Build from landed data, then publish: make build RAW=landed. To publish the seeds, name"
                " another database: DBT_ENV_SECRET_POSTGRES_DATABASE."
            )


def note(connection: psycopg.Connection, build: Build) -> None:
    """Add a row to audit.publications, which `prepare` has made, in the caller's transaction."""
    now = datetime.now(timezone.utc).replace(tzinfo=None)
    connection.execute(
        sql.SQL("insert into {} ({}) values (%s, %s, %s, %s, %s)").format(
            PUBLICATIONS.identifier, PUBLICATIONS.column_names
        ),
        [now, build.id, build.built_at, build.source, build.as_of],
    )


def in_words(error: psycopg.Error) -> str:
    """What PostgreSQL says, without the rows that it quotes: they may hold personal data."""
    return error.diag.message_primary or str(error)
