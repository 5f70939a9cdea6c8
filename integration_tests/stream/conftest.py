"""All that a change passes on its way, started once for all tests: MariaDB, Connect, Kafka, the program, PostgreSQL."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pymysql
import pytest
from conftest import ROOT, Project
from kafka import Connect, Kafka
from servers import PASSWORD, MariaDB, Postgres, documented_sql, postgres_database, postgres_fixture
from test_faults import wait_for

BINLOG = ("--log-bin", "--binlog-format=ROW", "--binlog-row-image=FULL", "--server-id=1", "--gtid-strict-mode=1")

postgres_process = postgres_fixture()


@pytest.fixture(scope="session")
def servers() -> Iterator[tuple[MariaDB, Kafka, Connect]]:
    directory = Path(tempfile.mkdtemp(prefix="late_payments_stream_"))
    directory.chmod(0o755)
    started: list[MariaDB | Kafka | Connect] = []
    try:
        (directory / "mariadb").mkdir()
        source = MariaDB(directory / "mariadb", *BINLOG)
        started.append(source)
        source.start()
        kafka = Kafka(directory / "kafka")
        started.append(kafka)
        kafka.start()
        connect = Connect(directory / "connect", kafka, source)
        started.append(connect)
        connect.start()
        yield source, kafka, connect
    finally:
        for server in reversed(started):
            server.kill()
        shutil.rmtree(directory)
