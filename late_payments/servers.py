"""How to reach servers: MySQL and S3 for landing, PostgreSQL for publishing. No secret is ever told."""

import os
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import duckdb
from dbt.adapters.duckdb.credentials import DuckDBCredentials
from dbt_common.exceptions import DbtRuntimeError


@dataclass(frozen=True)
class Server:
    """A kind of server, and what must be known to reach one."""

    name: str
    # In the names of variables; of MySQL also DuckDB's type of secret.
    type: str
    # Each from a variable of that name.
    parts: tuple[str, ...] = ("host", "port", "database", "user", "password")
    optional: tuple[str, ...] = ()
    # Of DuckDB, where that reaches it: the extension that brings it, and what the secret is called in SQL.
    extension: str = ""
    secret: str = ""


POSTGRES = Server("PostgreSQL", "postgres")
MYSQL = Server("MySQL", "mysql", extension="mysql_scanner", secret="trs")
S3 = Server("S3", "s3", parts=("key_id", "secret"), optional=("session_token",))


def prefix(target: DuckDBCredentials) -> str:
    """What the names of a target's secrets begin with after DBT_ENV_SECRET_. profiles.yml says it to a plugin."""
    configs = [plugin.config or {} for plugin in target.plugins or []]
    (found,) = (config["prefix"] for config in configs if "prefix" in config)
    return str(found)


def credentials(server: Server, prefix: str, command: str) -> dict[str, str]:
    """What DBT_ENV_SECRET_<prefix><type>_* say about a server, by part; optional ones that are not set are left out.

    DbtRuntimeError, naming each, if a variable is not set; command is who needs it.
    """
    variables = {
        part: f"DBT_ENV_SECRET_{prefix}{server.type.upper()}_{part.upper()}" for part in server.parts + server.optional
    }
    missing = [variables[part] for part in server.parts if not os.environ.get(variables[part])]
    if missing:
        raise DbtRuntimeError(
            f"{command} needs to know how to reach {server.name}. Not set, or set to nothing: {', '.join(missing)}"
        )
    return {part: os.environ[variable] for part, variable in variables.items() if os.environ.get(variable)}


def client_options(prefix: str, command: str) -> dict[str, Any]:
    """How a client of boto3 reaches S3. What is no secret is named as AWS's own tools name it."""
    secrets = credentials(S3, prefix, command)
    # Stores other than AWS's seldom have a host name for each bucket.
    endpoint = os.environ.get("AWS_ENDPOINT_URL") or None
    return {
        "aws_access_key_id": secrets["key_id"],
        "aws_secret_access_key": secrets["secret"],
        "aws_session_token": secrets.get("session_token"),
        "region_name": os.environ.get("AWS_REGION") or "us-east-1",
        "endpoint_url": endpoint,
    }


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


def connect(connection: duckdb.DuckDBPyConnection, server: Server, values: dict[str, str]) -> None:
    """Give an open database the extension and the secret of a server, with credentials of it."""
    install_extension(connection, server)
    connection.load_extension(server.extension)
    if server == MYSQL and (authorities := os.environ.get("LATE_PAYMENTS_MYSQL_CA")):
        values = {"ssl_mode": "verify_identity", "ssl_ca": authorities} | values
    # A secret and not a connection string, which DuckDB repeats in errors with the password in it.
    settings = ", ".join(part + " '" + value.replace("'", "''") + "'" for part, value in values.items())
    connection.execute(f"create secret {server.secret} (type {server.type}, {settings})")


def scrubbed(message: str) -> str:
    """A message without the value of any DBT_ENV_SECRET_* variable, which errors of others may repeat."""
    for name, value in os.environ.items():
        if name.startswith("DBT_ENV_SECRET_") and value:
            message = message.replace(value, "*****")
    return message
