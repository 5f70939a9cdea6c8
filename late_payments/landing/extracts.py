"""Which files of a directory or a bucket are the extract of a table. A path is a name, never a pattern."""

import os
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import duckdb

from late_payments.landing.csv_file import land_csv
from late_payments.landing.parquet_file import land_parquet
from late_payments.landing.transaction import Refused, Table, make_empty


class Place(Protocol):
    """Where extracts are; as text, what people call it."""

    def listed(self, table: str) -> list[str]:
        """Names relative to the place: files called <table>.*, and whatever is in the folder <table>.

        A folder within that one ends in a slash.
        """

    def bring(self, name: str, file: Path) -> None:
        """Let a path that does not exist yet lead to what is called name."""


class Directory:
    """A directory on a disk of this machine."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __str__(self) -> str:
        return str(self.path)

    def listed(self, table: str) -> list[str]:
        names = [entry.name for entry in self.entries("") if entry.name.startswith(f"{table}.") and entry.is_file()]
        for entry in self.entries(table):
            names.append(f"{table}/{entry.name}" + ("" if entry.is_file() else "/"))
        return sorted(names)

    def entries(self, folder: str) -> list[os.DirEntry[str]]:
        """What a folder of the directory holds; nothing if it is none."""
        try:
            with os.scandir(self.path / folder) as entries:
                return list(entries)
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError as error:
            raise Refused(f"{self.path / folder} cannot be listed: {error.strerror}.") from error

    def bring(self, name: str, file: Path) -> None:
        file.symlink_to(self.path / name)


class Bucket:
    """A path in an object store, s3://bucket/path. Options are those of a client of boto3."""

    def __init__(self, address: str, options: dict[str, Any]) -> None:
        try:
            # Only who lands from a bucket has it.
            import boto3
        except ImportError as error:
            raise Refused("Landing from S3 needs: pip install --requirement requirements-services.txt") from error
        self.address = address.rstrip("/")
        self.bucket, _, path = self.address.removeprefix("s3://").partition("/")
        self.prefix = f"{path}/" if path else ""
        self.client = boto3.client("s3", **options)

    def __str__(self) -> str:
        return self.address

    def listed(self, table: str) -> list[str]:
        from botocore.exceptions import BotoCoreError, ClientError

        keys: list[str] = []
        try:
            pages = self.client.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self.bucket, Prefix=self.prefix + table):
                keys += [found["Key"].removeprefix(self.prefix) for found in page.get("Contents", [])]
        except (BotoCoreError, ClientError) as error:
            raise Refused(f"{self.address} cannot be listed: {error}") from error
        # Stores show an empty folder as a file without a name.
        in_folder = [key for key in keys if key.startswith(f"{table}/") and key != f"{table}/"]
        return sorted([key for key in keys if key.startswith(f"{table}.") and "/" not in key] + in_folder)

    def bring(self, name: str, file: Path) -> None:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            self.client.download_file(self.bucket, self.prefix + name, str(file))
        except (BotoCoreError, ClientError) as error:
            raise Refused(f"{self.address}/{name} cannot be downloaded: {error}") from error


def ending(name: str) -> str:
    """What says the format of a file, such as .csv.gz; empty for a format that is not landed."""
    found = re.search(r"[.](csv|csv[.]gz|csv[.]zst|parquet)\Z", name)
    return found[0] if found else ""


def extract(place: Place, table: str) -> list[str]:
    """Names of the files that are the extract of a table, one or all of its folder, in one format.

    Refused if there are none, or two of these, or the folder holds anything else. Names in it that begin with _ or a
    dot are passed over: programs that write such folders leave notes there.
    """
    found: dict[str, list[str]] = {}
    for name in place.listed(table):
        folder, _, last = name.rstrip("/").rpartition("/")
        if folder and last.startswith(("_", ".")):
            continue
        if ending(name) and name in (f"{table}/{last}", table + ending(name)):
            found.setdefault((f"{table}/*" if folder else table) + ending(name), []).append(name)
        elif folder:
            raise Refused(
                f"{place}/{name} is none of *.csv, *.csv.gz, *.csv.zst and *.parquet."
                " All files of the folder are landed, so move it elsewhere."
            )
    if not found:
        raise Refused(
            f"{place} holds no extract of {table}: it must hold one of {table}.csv, {table}.csv.gz, {table}.csv.zst"
            f" and {table}.parquet, or a folder {table} with such files."
        )
    if len(found) > 1:
        raise Refused(
            f"{place} holds {' and '.join(found)}: it is not clear which is the extract of {table}."
            " Move all but one elsewhere."
        )
    return next(iter(found.values()))


def fill_from(place: Place, connection: duckdb.DuckDBPyConnection, tables: Sequence[Table]) -> None:
    """Replace the tables by their extracts in a place, within a transaction of the caller; Refused as files are."""
    for table in tables:
        names = extract(place, table.name)
        make_empty(connection, table, table.columns)
        for name in names:
            # DuckDB takes a path for a pattern and has no way to quote one, so it sees a name without any sign of that.
            with tempfile.TemporaryDirectory(prefix="late_payments_") as directory:
                file = Path(directory) / f"extract{ending(name)}"
                place.bring(name, file)
                land_file = land_parquet if file.suffix == ".parquet" else land_csv
                land_file(connection, table, file, f"{place}/{name}")
