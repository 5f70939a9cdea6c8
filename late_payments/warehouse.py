"""Where the database and the exports are, how programs beside dbt open the one, and how the other are replaced.

Also a plugin of dbt-duckdb, named in profiles.yml. DuckDB writes the files of a build; it can neither make a directory
nor put several files in the place of others at once. For that it calls the functions of this module that `Plugin` gives
it, from macros/publish/exports.sql.
"""

import json
import os
import re
import shutil
import sys
from collections.abc import Callable
from functools import wraps
from inspect import signature
from pathlib import Path
from typing import Any

import duckdb
from dbt.adapters.contracts.connection import Credentials
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.adapters.duckdb.credentials import DuckDBCredentials
from dbt.adapters.duckdb.plugins import BasePlugin
from dbt.config.runtime import load_profile, load_project
from dbt.flags import get_flags
from dbt_common.exceptions import DbtRuntimeError

PROJECT = Path(__file__).parents[1]

SCHEMAS = frozenset(
    "audit branch features finance history history_of_seeds intermediate main raw seeds staging stream"
    " test_failures".split()
)
# Of DuckDB, and the name that land gives to the server it attaches.
TAKEN = frozenset("information_schema localmemdb memory pg_catalog system temp trs".split())


def check_name(path: str) -> None:
    """Refuse a database file after whose name a query could not tell a schema from the database: DbtRuntimeError.

    DuckDB names a database after its file, up to the first full stop.
    """
    file = Path(path).name
    name = file.split(".")[0]
    if path == ":memory:":
        return
    if "'" in file or '"' in file:
        raise DbtRuntimeError(f"The name of the database file must hold no quotes: {path}")
    if not name or file.count(".") > 1:
        raise DbtRuntimeError(
            f"The name of the database file must be a name and one ending, such as late_payments.duckdb: {path}"
        )
    if re.sub(r"_asof_\d{8}$", "", name.lower()) in SCHEMAS | TAKEN:
        raise DbtRuntimeError(
            f"The database file must not be called {file}: {name} is also the name of a schema of the project or of"
            " something in DuckDB, and no query could tell the two apart. Give it another name (LATE_PAYMENTS_DATABASE,"
            " LATE_PAYMENTS_PROD_DATABASE), such as late_payments.duckdb."
        )


def anchored(path: str) -> str:
    """A path as it stands if it is absolute, an address or :memory:, else within the project."""
    return path if ":" in path else str(PROJECT / path)


def place(creds: DuckDBCredentials) -> None:
    """Find the database and the exports from whatever directory the command runs in.

    DbtRuntimeError, if the database is called like a schema or its directory does not exist.
    """
    check_name(creds.path)
    creds.path = anchored(creds.path)
    creds.external_root = anchored(creds.external_root)
    directory = Path(creds.path).parent
    if ":" not in creds.path and not directory.is_dir():
        raise DbtRuntimeError(
            f"There is no directory {directory} for the database. Make it, or name another place"
            " (LATE_PAYMENTS_DATABASE, LATE_PAYMENTS_PROD_DATABASE)."
        )


def target_of_dbt() -> Credentials:
    """What profiles.yml says about the target of the last command of dbt in this process, its paths found."""
    flags = get_flags()
    credentials = load_profile(".", flags.VARS, target_override=flags.TARGET).credentials
    if isinstance(credentials, DuckDBCredentials):
        place(credentials)
    return credentials


def vars_of_dbt() -> dict[str, Any]:
    """The vars of that command: those of dbt_project.yml, and what it was given in their place."""
    flags = get_flags()
    profile = load_profile(".", flags.VARS, target_override=flags.TARGET)
    declared = load_project(".", False, profile, flags.VARS).vars.to_dict()
    return {**declared, **flags.VARS}


def connect(creds: DuckDBCredentials, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """Open the database of a target as dbt does. Commands of dbt may follow in this process before it is closed.

    read_only: others may then read at the same time, and nothing in it can change.
    """
    # What is left of an earlier one goes: the functions of this plugin would be there already for the next.
    DuckDBConnectionManager.close_all_connections()
    connection = duckdb.connect(creds.path, read_only)
    for name, value in (creds.settings or {}).items():
        connection.execute(f"set {name} = '{value}'")
    # For whoever watches.
    connection.execute(f"set enable_progress_bar = {sys.stdout.isatty()}")
    return connection


def in_words(creds: DuckDBCredentials) -> str:
    """The database as a person of the project calls it."""
    return creds.path.removeprefix(f"{PROJECT}/")


def exported_source(root: str, name: str) -> str:
    """The source of what an export of that name (live, or that of a replay) holds now; empty if there is none."""
    manifest = Path(root, name, "manifest.json")
    return json.loads(manifest.read_text()).get("source", "") if manifest.is_file() else ""


def begin_export(root: str, export_id: str) -> str:
    """Make the directory that takes the files of an export, and return it. PermissionError and the like, with its path.

    In an object store nothing is made: each file takes the place of the old one there, whole.
    """
    if "://" in root:
        return root
    directory = Path(root, "builds", export_id)
    directory.mkdir(parents=True)
    return str(directory)


def put_link(link: Path, target: str) -> None:
    """Put a symbolic link in the place of whatever is there, at once."""
    new = link.with_name(f".{link.name}.new")
    new.unlink(missing_ok=True)
    new.symlink_to(target)
    if link.is_dir() and not link.is_symlink():
        # A copy of the exports that followed the links.
        shutil.rmtree(link)
    new.replace(link)


def end_export(root: str, export_id: str, name: str) -> str:
    """Let readers see an export instead of the one before it, all of it at once, by one rename. Returns the root.

    <root>/<name> is a link to the directory of the export, and <root>/<file> one to <name>/<file>. The export before
    stays until the next one, for readers who have found its directory and not yet opened every file.
    """
    if "://" in root:
        return root
    top, builds = Path(root), Path(root, "builds")
    before = os.path.realpath(top / name)
    put_link(top / name, f"builds/{export_id}")
    files = {file.name for file in (top / name).iterdir()} - ({"manifest.json"} if name != "live" else set())
    for file in files:
        if not (top / file).is_symlink():
            put_link(top / file, f"{name}/{file}")
    remove_dead_links(top)
    for directory in builds.iterdir():
        # Not those of replays, unless they were never finished.
        is_old = holds(directory, name) or not (directory / "manifest.json").is_file()
        if is_old and str(directory.resolve()) not in (before, os.path.realpath(top / name)):
            shutil.rmtree(directory, ignore_errors=True)
    return root


def holds(directory: Path, name: str) -> bool:
    """Whether a directory holds a finished export of that name."""
    manifest = directory / "manifest.json"
    return manifest.is_file() and json.loads(manifest.read_text()).get("export") == name


def remove_dead_links(top: Path) -> None:
    """Remove the links to files that are no more."""
    for link in top.iterdir():
        if link.is_symlink() and not link.exists():
            link.unlink()


def drop_export(root: str, name: str) -> str:
    """Remove the files of a replay. Returns how many there were, as a number in text."""
    top = Path(root)
    if "://" in root or not (top / name).is_symlink():
        return "0"
    number = len(list((top / name).glob("*.parquet")))
    (top / name).unlink()
    remove_dead_links(top)
    for directory in (top / "builds").iterdir():
        if holds(directory, name):
            shutil.rmtree(directory)
    return str(number)


def saying_why_not(function: Callable[..., str]) -> Callable[..., str]:
    """A function that returns "failed: …" where the other raises an OSError, of which DuckDB would show the stack."""

    @wraps(function)
    def attempt(*arguments: str) -> str:
        try:
            return function(*arguments)
        except OSError as error:
            return f"failed: {error}"

    return attempt


class Plugin(BasePlugin):
    """What dbt-duckdb calls, in the order of these methods."""

    def update_connection_config(self, creds: DuckDBCredentials, config: dict[str, Any]) -> None:
        """Before the database is opened."""
        place(creds)

    def configure_connection(self, conn: duckdb.DuckDBPyConnection) -> None:
        """Give the open database the functions for exports."""
        for function in (exported_source, begin_export, end_export, drop_export):
            arguments = len(signature(function).parameters)
            conn.create_function(
                function.__name__, saying_why_not(function), ["varchar"] * arguments, "varchar", side_effects=True
            )
