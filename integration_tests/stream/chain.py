"""All that a change passes on its way: MariaDB, the connector, Kafka, the program, PostgreSQL."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from functools import cache
from pathlib import Path

import psycopg
import pytest
from confluent_kafka import OFFSET_END, Consumer, TopicPartition
from confluent_kafka.admin import AdminClient
from conftest import ROOT, Project
from kafka import Connect, Kafka
from servers import DEFINITIONS, PASSWORD, MariaDB, Postgres, documented_sql
from test_faults import wait_for

BINLOG = ("--log-bin", "--binlog-format=ROW", "--binlog-row-image=FULL", "--server-id=1", "--gtid-strict-mode=1")
TOPIC = "trs.changes"
# What TRS holds at the beginning.
EXTRACTS = Path(os.environ.get("STREAM_EXTRACTS", ROOT / "seeds"))
STREAM = (sys.executable, "-m", "late_payments.stream")


class Chain:
    """The servers, started once for all tests and killed at the end, come what may."""

    def __init__(self, directory: Path) -> None:
        (directory / "mariadb").mkdir()
        self.source = MariaDB(directory / "mariadb", *BINLOG)
        self.kafka = Kafka(directory / "kafka")
        self.connect = Connect(directory / "connect", self.kafka, self.source)

    def start(self) -> None:
        self.source.start()
        self.source.load("seeds", EXTRACTS)
        self.fill()
        self.source.query(*documented_sql("mysql.md"), *documented_sql("connector.md"))
        self.kafka.start()
        self.connect.start()
        self.connect.follow()

    def fill(self) -> None:
        """TRS as it was delivered."""
        self.source.query("drop database if exists trs", "create database trs character set utf8mb4")
        for table in DEFINITIONS:
            copy = f"insert into trs.{table} select * from seeds.{table}"
            self.source.query(f"create table trs.{table} like seeds.{table}", copy)

    def kill(self) -> None:
        for server in (self.connect, self.kafka, self.source):
            server.kill()

    def messages(self, start: int = 0) -> list[tuple[int, dict]]:
        """Offset and value of each message in the topic, as a reader of what is committed sees them."""
        consumer = Consumer(
            {
                "bootstrap.servers": f"127.0.0.1:{self.kafka.port}",
                "group.id": "tests",
                "isolation.level": "read_committed",
                "enable.partition.eof": True,
                "auto.offset.reset": "earliest",
            }
        )
        consumer.assign([TopicPartition(TOPIC, 0, start)])
        found: list[tuple[int, dict]] = []
        try:
            while True:
                for message in consumer.consume(10_000, timeout=1):
                    if message.error():
                        return found
                    found.append((message.offset(), json.loads(message.value())))
        finally:
            consumer.close()

    def empty_topic(self) -> None:
        """Delete all that is in it."""
        client = AdminClient({"bootstrap.servers": f"127.0.0.1:{self.kafka.port}"})
        for deleted in client.delete_records([TopicPartition(TOPIC, 0, OFFSET_END)]).values():
            deleted.result()

    def wait_until_topic_has_all(self) -> None:
        """All that has been committed in MariaDB until now."""
        last = time.time_ns() % 10**9
        self.source.query(f"insert into trs.skus values ('last', {last}, null, 0, 0)")
        self.source.query("delete from trs.skus where item_id = 'last'")
        start = 0

        def is_there() -> bool:
            nonlocal start
            found = self.messages(start)
            start = found[-1][0] + 1 if found else start
            return any(value.get("op") == "c" and value["after"].get("item_name") == str(last) for _, value in found)

        wait_for(is_there, seconds=1800)


@cache
def started(config: pytest.Config) -> Chain:
    directory = Path(tempfile.mkdtemp(prefix="late_payments_stream_"))
    config.add_cleanup(lambda: shutil.rmtree(directory))
    # MariaDB gives up the rights of root.
    directory.chmod(0o755)
    chain = Chain(directory)
    config.add_cleanup(chain.kill)
    chain.start()
    return chain


@pytest.fixture(scope="session")
def chain(pytestconfig: pytest.Config) -> Chain:
    """The same one for all modules that import this."""
    return started(pytestconfig)


class Program:
    """`python -m late_payments.stream` in a project, from Kafka by the door with TLS and a password to PostgreSQL."""

    def __init__(self, project: Project, chain: Chain, target: Postgres) -> None:
        self.project, self.chain, self.target = project, chain, target
        self.log = project.path / "stream.log"
        self.process: subprocess.Popen | None = None

    def env(self, **changes: str) -> dict[str, str]:
        settings = {
            "LATE_PAYMENTS_KAFKA_BOOTSTRAP_SERVERS": f"127.0.0.1:{self.chain.kafka.secure_port}",
            "DBT_ENV_SECRET_KAFKA_SECURITY_PROTOCOL": "SASL_SSL",
            "DBT_ENV_SECRET_KAFKA_SSL_CA_LOCATION": str(self.chain.kafka.certificate),
            "DBT_ENV_SECRET_KAFKA_SASL_MECHANISM": "PLAIN",
            "DBT_ENV_SECRET_KAFKA_SASL_USERNAME": "late_payments",
            "DBT_ENV_SECRET_KAFKA_SASL_PASSWORD": PASSWORD,
        }
        return {**self.target.env(), **settings, **changes}

    def start(self) -> None:
        self.log.touch()
        before = self.log.stat().st_size
        with open(self.log, "a") as log:
            self.process = subprocess.Popen(
                STREAM,
                cwd=self.project.path,
                env={**os.environ, **self.env()},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

        def follows() -> bool:
            assert self.process.poll() is None, self.said()[-5000:]
            return "following " in self.log.read_bytes()[before:].decode()

        wait_for(follows)

    def kill(self) -> None:
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def stop(self) -> int:
        """As an operator does; the exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=120)

    def said(self) -> str:
        return self.log.read_text()

    def wait_until_readers_see_all(self, seconds: int = 300) -> None:
        """All that has been committed in MariaDB until now."""
        name = f"the last of {time.time_ns()}"
        self.chain.source.query(
            "replace into trs.accounts (account_id, company_name, joining_date)"
            f" values (999999, '{name}', '2021-01-01')"
        )

        def is_there() -> bool:
            assert self.process.poll() is None, self.said()[-5000:]
            self.chain.connect.restart_failed()
            found = "select 1 from finance.dim_accounts where company_name = %s"
            try:
                with self.target.connect() as connection:
                    return bool(connection.execute(found, [name]).fetchall())
            except psycopg.Error:
                return False

        wait_for(is_there, seconds)
