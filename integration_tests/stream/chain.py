"""All that a change passes on its way: MariaDB, the connector, Kafka, the program, PostgreSQL."""

import json
import shutil
import sys
import tempfile
from functools import cache
from pathlib import Path

import pytest
from confluent_kafka import Consumer, TopicPartition
from conftest import ROOT
from kafka import Connect, Kafka
from servers import DEFINITIONS, MariaDB, documented_sql

BINLOG = ("--log-bin", "--binlog-format=ROW", "--binlog-row-image=FULL", "--server-id=1", "--gtid-strict-mode=1")
TOPIC = "trs.changes"
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
        self.source.load("seeds", ROOT / "seeds")
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


@pytest.fixture
def chain(pytestconfig: pytest.Config) -> Chain:
    """The same one for all modules that import this."""
    return started(pytestconfig)
