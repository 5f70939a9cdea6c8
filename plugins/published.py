"""A plugin of dbt-duckdb, named in profiles.yml: gives `dbt run-operation publish` what it needs to reach PostgreSQL.

Macros can neither read DBT_ENV_SECRET_* variables nor find the extension among the installed packages. Everything else
about publishing is in macros. Other commands are not touched: they need neither server nor extension.
"""

import os
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import duckdb
from dbt.adapters.duckdb.credentials import DuckDBCredentials
from dbt.adapters.duckdb.plugins import BasePlugin
from dbt.flags import get_flags
from dbt_common.exceptions import DbtRuntimeError

PARTS = ("host", "port", "database", "user", "password")
EXTENSION = "postgres_scanner"


def is_publishing() -> bool:
    return getattr(get_flags(), "MACRO", "").split(".")[-1] == "publish"


def install_extension(connection: duckdb.DuckDBPyConnection) -> None:
    """Does nothing where it is installed already."""
    try:
        connection.install_extension(EXTENSION)
    except duckdb.IOException as error:
        wheel = find_spec(f"duckdb_extension_{EXTENSION}")
        if wheel is None:
            raise DbtRuntimeError(
                f"The DuckDB extension for PostgreSQL cannot be downloaded, and it is not among the installed packages:"
                f" pip install --requirement requirements-services.txt\n{error}"
            ) from error
        file = f"extensions/v{duckdb.__version__}/{EXTENSION}.duckdb_extension"
        connection.install_extension(str(Path(wheel.origin).parent / file))


class Plugin(BasePlugin):
    def initialize(self, plugin_config: dict[str, Any]) -> None:
        self.variables = {part: f"DBT_ENV_SECRET_{plugin_config['server']}_{part.upper()}" for part in PARTS}

    def update_connection_config(self, creds: DuckDBCredentials, config: dict[str, Any]) -> None:
        """Runs before the database is opened."""
        missing = [variable for variable in self.variables.values() if not os.environ.get(variable)]
        if is_publishing() and missing:
            raise DbtRuntimeError(
                f"publish needs to know the PostgreSQL server. Not set, or set to nothing: {', '.join(missing)}"
            )

    def configure_connection(self, conn: duckdb.DuckDBPyConnection) -> None:
        if not is_publishing():
            return
        install_extension(conn)
        conn.load_extension(EXTENSION)
        # A secret and not a connection string, which DuckDB repeats in errors with the password in it.
        secret = {part: os.environ[variable].replace("'", "''") for part, variable in self.variables.items()}
        settings = ", ".join(f"{part} '{value}'" for part, value in secret.items())
        conn.execute(f"create secret published (type postgres, {settings})")
