"""Real servers that tests start on loopback, in directories of their own: MariaDB in the place of MySQL, PostgreSQL."""

import csv
import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import psycopg
import pymysql
from conftest import ROOT, Project
from psycopg import sql
from pytest_postgresql import factories
from test_faults import wait_for

# Everything that SQL, connection strings, YAML, Jinja and shells might trip over.
PASSWORD = 'it\'s \\a {{ s3cret }} "$HOME" %s'
DEFINITIONS = {
    "accounts": "account_id int unsigned not null primary key, company_name varchar(200) not null,"
    " company_address text, contact_person varchar(100), contact_phone varchar(40), gender char(1),"
    " joining_date date not null",
    "skus": "item_id char(13) not null primary key, item_name varchar(200) not null, item_description text,"
    " item_cost_price decimal(10, 2) not null, item_retail_price decimal(10, 2) not null",
    "invoices": "invoice_id bigint unsigned not null primary key, account_id int unsigned not null,"
    " date_issued date not null, payment_dates date",
    "invoice_line_items": "invoice_id bigint unsigned not null, item_id char(13) not null,"
    " quantity smallint unsigned not null, primary key (invoice_id, item_id)",
}


def postgres_fixture() -> Callable:
    """A fixture, of the session: a server of PostgreSQL."""
    executable = Path(__file__).parent / "services/pg_ctl"
    return factories.postgresql_proc(str(executable), host="127.0.0.1", port=None, password="of the superuser")


def assert_no_password(project: Project, output: str) -> None:
    assert "s3cret" not in output
    for file in project.path.rglob("*"):
        if file.is_file() and project.path / "integration_tests" not in file.parents:
            assert b"s3cret" not in file.read_bytes(), file


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


def certify(directory: Path, name: str) -> Path:
    """A certificate for 127.0.0.1 that is its own authority; the key is beside it."""
    file = directory / f"{name}.pem"
    key = file.with_suffix(".key")
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"),
            *("-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", file),
        ],
        check=True,
        capture_output=True,
    )
    # The server reads it when it has given up root's rights.
    key.chmod(0o644)
    return file


class MariaDB:
    """A server with a data directory and a port of its own, started with these options."""

    process: subprocess.Popen | None = None

    def __init__(self, directory: Path, *options: str) -> None:
        self.directory = directory
        self.options = options
        self.port = free_port()
        # Run by root, it gives up its rights.
        user = ["--user=nobody"] if os.geteuid() == 0 else []
        if user:
            shutil.chown(directory, "nobody")
        self.common = ["--no-defaults", f"--datadir={directory}/data", *user]
        with open(directory / "install.log", "w") as log:
            subprocess.run(
                ["mariadb-install-db", *self.common, "--auth-root-authentication-method=normal", "--skip-test-db"],
                check=True,
                stdout=log,
                stderr=log,
            )
        self.certificate = certify(directory, "server")

    def start(self) -> None:
        program = shutil.which("mariadbd", path=f"{os.environ['PATH']}:/usr/sbin")
        with open(self.directory / "server.log", "a") as log:
            self.process = subprocess.Popen(
                [
                    *(program, *self.common, "--bind-address=127.0.0.1", f"--port={self.port}"),
                    *(f"--socket={self.directory}/socket", f"--pid-file={self.directory}/pid"),
                    *(f"--ssl-cert={self.certificate}", f"--ssl-key={self.certificate.with_suffix('.key')}"),
                    # As TRS may have been set up long ago.
                    "--sql-mode=",
                    *self.options,
                ],
                stdout=log,
                stderr=log,
            )
        wait_for(self.answers)

    def answers(self) -> bool:
        assert self.process.poll() is None, (self.directory / "server.log").read_text()
        try:
            self.connect().close()
        except pymysql.OperationalError:
            return False
        return True

    def connect(self, user: str = "root", password: str = "", **options) -> pymysql.Connection:
        return pymysql.connect(
            host="127.0.0.1", port=self.port, user=user, password=password, autocommit=True, **options
        )

    def query(self, *statements: str) -> list[tuple]:
        with self.connect() as connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            return list(cursor.fetchall())

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def load(self, database: str, extracts: Path) -> None:
        self.query(f"create database {database} character set utf8mb4")
        with self.connect(database=database) as connection, connection.cursor() as cursor:
            for table, definition in DEFINITIONS.items():
                cursor.execute(f"create table {table} ({definition})")
                with open(extracts / f"{table}.csv", encoding="utf-8", newline="") as file:
                    header, *rows = csv.reader(file)
                cursor.executemany(
                    f"insert into {table} ({', '.join(header)}) values ({', '.join(['%s'] * len(header))})",
                    [[value or None for value in row] for row in rows],
                )

    def env(self, **changes: str) -> dict[str, str]:
        target = {
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "DATABASE": "trs",
            "USER": "late_payments",
            "PASSWORD": PASSWORD,
            **changes,
        }
        return {f"DBT_ENV_SECRET_MYSQL_{part}": value for part, value in target.items()}


def documented_sql(page: str, block: int = 0) -> list[str]:
    """The statements in a block of SQL of a page of the docs, with the password of the tests."""
    statements = re.findall(r"```sql\n(.*?)```", (ROOT / "docs" / page).read_text(), re.DOTALL)[block]
    return statements.replace("'chosen'", pymysql.converters.escape_string(PASSWORD).join("''")).split(";\n")[:-1]


@dataclass
class Postgres:
    """A database of its own on a server, and its owner, who publishes there and may create roles."""

    host: str
    port: int
    database: str
    user: str = "publisher"
    password: str = PASSWORD

    def env(self) -> dict[str, str]:
        return {f"DBT_ENV_SECRET_POSTGRES_{part.upper()}": str(value) for part, value in vars(self).items()}

    def connect(self, user: str | None = None) -> psycopg.Connection:
        return psycopg.connect(
            host=self.host,
            port=self.port,
            dbname=self.database,
            user=user or self.user,
            password="of the superuser" if user == "postgres" else self.password,
            autocommit=True,
        )

    def query(self, query: str, user: str | None = None) -> list[tuple]:
        with self.connect(user) as connection:
            cursor = connection.execute(query)
            return cursor.fetchall() if cursor.description else []


T = TypeVar("T", bound=Postgres)


@contextmanager
def postgres_database(process, kind: type[T] = Postgres) -> Iterator[T]:
    target = kind(process.host, process.port, f"test_{time.time_ns()}")
    superuser = Postgres(process.host, process.port, "postgres")
    if not superuser.query("select 1 from pg_roles where rolname = 'publisher'", user="postgres"):
        with superuser.connect("postgres") as connection:
            connection.execute(
                sql.SQL("create role publisher login createrole password {}").format(sql.Literal(PASSWORD))
            )
            connection.execute(sql.SQL("create role bi_tool login password {}").format(sql.Literal(PASSWORD)))
            connection.execute(sql.SQL("create role caller login password {}").format(sql.Literal(PASSWORD)))
    superuser.query(f"create database {target.database} owner publisher", user="postgres")
    yield target
    superuser.query(f"drop database {target.database} with (force)", user="postgres")
