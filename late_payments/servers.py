"""A plugin of dbt-duckdb, named in profiles.yml: gives `publish` and `land` what they need to reach a server.

Macros can neither read DBT_ENV_SECRET_* variables nor find an extension among the installed packages. Everything else
about publishing and landing is in macros. Other commands are not touched: they need neither server nor extension.
"""

import os
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import duckdb
from dbt.adapters.duckdb.credentials import DuckDBCredentials
from dbt.adapters.duckdb.plugins import BasePlugin
from dbt.flags import get_flags
from dbt_common.exceptions import DbtRuntimeError


@dataclass(frozen=True)
class Server:
    """A kind of server, and what DuckDB must know to reach one."""

    name: str
    # Of DuckDB: its type of secret, and the extension that brings it.
    type: str
    extension: str
    # What macros call the secret.
    secret: str
    # What the secret needs to know, each from a variable of that name.
    parts: tuple[str, ...] = ("host", "port", "database", "user", "password")
    optional: tuple[str, ...] = ()


POSTGRES = Server("PostgreSQL", "postgres", "postgres_scanner", "published")
MYSQL = Server("MySQL", "mysql", "mysql_scanner", "trs")
S3 = Server("S3", "s3", "httpfs", "extracts", parts=("key_id", "secret"), optional=("session_token",))


def macro() -> str:
    """The name of the macro that `dbt run-operation` is to run; empty for other commands."""
    return getattr(get_flags(), "MACRO", "").split(".")[-1]


def needed() -> Server | None:
    """The server that the command at hand reaches."""
    if macro() == "publish":
        return POSTGRES
    if macro() == "land" and get_flags().ARGS.get("source") == "mysql":
        return MYSQL
    if macro() == "land" and str(get_flags().ARGS.get("directory")).startswith("s3://"):
        return S3
    return None


def public_options(server: Server) -> dict[str, str]:
    """What is no secret, from the environment; that of S3 as AWS's own tools take it."""
    options: dict[str, str] = {}
    if server == MYSQL and (authorities := os.environ.get("LATE_PAYMENTS_MYSQL_CA")):
        options |= {"ssl_mode": "verify_identity", "ssl_ca": authorities}
    if server == S3 and (region := os.environ.get("AWS_REGION")):
        options["region"] = region
    if server == S3 and (endpoint := os.environ.get("AWS_ENDPOINT_URL")):
        scheme, _, host = endpoint.rstrip("/").partition("://")
        # Stores other than AWS's seldom have a host name for each bucket.
        options |= {"endpoint": host, "use_ssl": str(scheme == "https").lower(), "url_style": "path"}
    return options


def install_extension(connection: duckdb.DuckDBPyConnection, server: Server) -> None:
    """Download the server's extension, or take it from an installed package; nothing to do where DuckDB has it.

    DbtRuntimeError, saying what to install, where neither can be.
    """
    try:
        connection.install_extension(server.extension)
    except duckdb.IOException as error:
        wheel = find_spec(f"duckdb_extension_{server.extension}")
        if wheel is None or wheel.origin is None:
            raise DbtRuntimeError(
                f"The DuckDB extension for {server.name} cannot be downloaded, and it is not among the installed"
                f" packages: pip install --requirement requirements-services.txt\n{error}"
            ) from error
        file = f"extensions/v{duckdb.__version__}/{server.extension}.duckdb_extension"
        connection.install_extension(str(Path(wheel.origin).parent / file))


class Plugin(BasePlugin):
    """What dbt-duckdb calls, in the order of these methods. Its config is the prefix that a target's secrets carry."""

    def initialize(self, plugin_config: dict[str, Any]) -> None:
        """Find out which server is needed, and which variables say how to reach it."""
        self.server = needed()
        if self.server:
            prefix = f"DBT_ENV_SECRET_{plugin_config['prefix']}{self.server.type.upper()}"
            self.variables = {part: f"{prefix}_{part.upper()}" for part in self.server.parts}
            self.optional = {part: f"{prefix}_{part.upper()}" for part in self.server.optional}

    def update_connection_config(self, creds: DuckDBCredentials, config: dict[str, Any]) -> None:
        """Fail before the database is opened if a variable is not set: DbtRuntimeError, naming each."""
        if not self.server:
            return
        missing = [variable for variable in self.variables.values() if not os.environ.get(variable)]
        if missing:
            raise DbtRuntimeError(
                f"{macro()} needs to know how to reach {self.server.name}."
                f" Not set, or set to nothing: {', '.join(missing)}"
            )

    def configure_connection(self, conn: duckdb.DuckDBPyConnection) -> None:
        """Give the open database the extension and the secret."""
        if not self.server:
            return
        install_extension(conn, self.server)
        conn.load_extension(self.server.extension)
        # A secret and not a connection string, which DuckDB repeats in errors with the password in it.
        values = public_options(self.server)
        for part, variable in (self.variables | self.optional).items():
            if os.environ.get(variable):
                values[part] = os.environ[variable]
        settings = ", ".join(part + " '" + value.replace("'", "''") + "'" for part, value in values.items())
        conn.execute(f"create secret {self.server.secret} (type {self.server.type}, {settings})")

    def configure_cursor(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """Let whoever watches a landing see how far it is."""
        if macro() == "land" and sys.stdout.isatty():
            cursor.execute("set enable_progress_bar = true")
