"""Kafka and Kafka Connect from the jars that pom.xml names: one node each, on loopback, in a directory of their own."""

import json
import os
import signal
import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient
from conftest import ROOT
from servers import PASSWORD, MariaDB, certify, free_port
from test_faults import wait_for

POM = Path(__file__).parent / "pom.xml"
JARS = ROOT / "target/stream-jars"
CONNECTOR = ROOT / "late_payments/stream/connector.json"
# What Connect's worker must be given beside the addresses, for the connector's file to work.
WORKER = {
    "config.providers": "env",
    "config.providers.env.class": "org.apache.kafka.common.config.provider.EnvVarConfigProvider",
    "exactly.once.source.support": "enabled",
}


def jars() -> str:
    """The class path. Maven is asked once for what it says; its own cache is the user's."""
    fetched = JARS / "fetched.xml"
    if not fetched.exists() or fetched.read_text() != POM.read_text():
        subprocess.run(
            ["mvn", "-q", "-B", "-f", POM, "dependency:copy-dependencies", f"-DoutputDirectory={JARS}"], check=True
        )
        fetched.write_text(POM.read_text())
    return f"{JARS}/*"


def properties(settings: dict[str, object]) -> str:
    return "".join(f"{name}={value}\n".replace("\\", "\\\\") for name, value in settings.items())


class Java:
    """A server written in Java, in a process group of its own."""

    heap = "256m"
    process: subprocess.Popen | None = None

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        directory.mkdir()
        # Warnings alone: the tests read them when a server does not come up.
        (directory / "log4j2.properties").write_text(
            "rootLogger.level=warn\nrootLogger.appenderRef.console.ref=console\n"
            "appender.console.type=Console\nappender.console.name=console\n"
            "appender.console.layout.type=PatternLayout\nappender.console.layout.pattern=%d %p %c{1}: %m%n\n"
        )

    def command(self, *arguments: str | Path) -> list[str | Path]:
        return [
            *("java", f"-Xmx{self.heap}", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"),
            f"-Dlog4j2.configurationFile={self.directory}/log4j2.properties",
            *("-cp", jars(), *arguments),
        ]

    def launch(self, *arguments: str | Path, ready: Callable[[], bool], **env: str) -> None:
        with open(self.directory / "log", "a") as log:
            self.process = subprocess.Popen(
                self.command(*arguments),
                env={**os.environ, **env},
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )

        def is_ready() -> bool:
            assert self.process.poll() is None, (self.directory / "log").read_text()[-5000:]
            return ready()

        wait_for(is_ready)

    def kill(self) -> None:
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


class Kafka(Java):
    """A broker and controller. Connect comes in by the plain door, the program by the one with TLS and a password."""

    heap = "384m"

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        self.port, self.secure_port, self.controller_port = free_port(), free_port(), free_port()
        self.certificate = certify(directory, "broker")
        store = directory / "broker-with-key.pem"
        store.write_text(self.certificate.with_suffix(".key").read_text() + self.certificate.read_text())
        quoted = PASSWORD.replace("\\", "\\\\").replace('"', '\\"')
        settings = {
            "process.roles": "broker,controller",
            "node.id": 1,
            "controller.quorum.voters": f"1@127.0.0.1:{self.controller_port}",
            "controller.listener.names": "CONTROLLER",
            "listeners": f"PLAINTEXT://127.0.0.1:{self.port},SASL_SSL://127.0.0.1:{self.secure_port},"
            f"CONTROLLER://127.0.0.1:{self.controller_port}",
            "advertised.listeners": f"PLAINTEXT://127.0.0.1:{self.port},SASL_SSL://127.0.0.1:{self.secure_port}",
            "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL_SSL:SASL_SSL",
            "sasl.enabled.mechanisms": "PLAIN",
            "listener.name.sasl_ssl.plain.sasl.jaas.config": "org.apache.kafka.common.security.plain.PlainLoginModule"
            f' required user_late_payments="{quoted}";',
            "ssl.keystore.type": "PEM",
            "ssl.keystore.location": store,
            "log.dirs": directory / "data",
            "offsets.topic.replication.factor": 1,
            "offsets.topic.num.partitions": 1,
            "transaction.state.log.replication.factor": 1,
            "transaction.state.log.min.isr": 1,
            "transaction.state.log.num.partitions": 1,
            "group.initial.rebalance.delay.ms": 0,
            # What a killed Connect left open would hold readers up for a minute.
            "transaction.abort.timed.out.transaction.cleanup.interval.ms": 1000,
        }
        (directory / "server.properties").write_text(properties(settings))
        subprocess.run(
            self.command("kafka.tools.StorageTool", "format", "-t", "late_payments_tests___", "-c", self.settings),
            check=True,
            capture_output=True,
        )

    @property
    def settings(self) -> Path:
        return self.directory / "server.properties"

    def start(self) -> None:
        self.launch("kafka.Kafka", self.settings, ready=self.answers)

    def answers(self) -> bool:
        try:
            client = AdminClient({"bootstrap.servers": f"127.0.0.1:{self.port}", "log_level": 0})
            return bool(client.list_topics(timeout=1).brokers)
        except KafkaException:
            return False


class Connect(Java):
    """A worker of Kafka Connect, and the connector that the project ships, told to read MariaDB."""

    def __init__(self, directory: Path, kafka: Kafka, source: MariaDB) -> None:
        super().__init__(directory)
        self.restarts = 0
        self.kafka, self.source, self.port = kafka, source, free_port()
        settings = {
            **WORKER,
            "bootstrap.servers": f"127.0.0.1:{kafka.port}",
            "group.id": "connect",
            "listeners": f"http://127.0.0.1:{self.port}",
            "key.converter": "org.apache.kafka.connect.json.JsonConverter",
            "value.converter": "org.apache.kafka.connect.json.JsonConverter",
            "offset.storage.topic": "connect-offsets",
            "offset.storage.partitions": 1,
            "config.storage.topic": "connect-configs",
            "status.storage.topic": "connect-status",
            "status.storage.partitions": 1,
            "offset.storage.replication.factor": 1,
            "config.storage.replication.factor": 1,
            "status.storage.replication.factor": 1,
            "plugin.discovery": "service_load",
            "scheduled.rebalance.max.delay.ms": 0,
        }
        (directory / "worker.properties").write_text(properties(settings))

    def start(self) -> None:
        self.launch(
            "org.apache.kafka.connect.cli.ConnectDistributed",
            self.directory / "worker.properties",
            ready=self.answers,
            TRS_HOST="127.0.0.1",
            TRS_PORT=str(self.source.port),
            TRS_USER="debezium",
            TRS_PASSWORD=PASSWORD,
            TRS_KAFKA=f"127.0.0.1:{self.kafka.port}",
        )

    def request(self, method: str, path: str, body: object = None) -> Any:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=90) as response:
                return json.loads(response.read() or "null")
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{method} {path}: {error.read().decode()}") from error

    def answers(self) -> bool:
        try:
            self.request("GET", "/connectors")
        except (OSError, AssertionError):
            return False
        return True

    def follow(self) -> None:
        """Tell the connector that is shipped where it is, and wait until it runs."""
        settings = json.loads(CONNECTOR.read_text())
        # MariaDB stands for MySQL, and calls this otherwise.
        ours = {
            "connector.class": "io.debezium.connector.mariadb.MariaDbConnector",
            "database.ssl.mode": "trust",
            "snapshot.mode": os.environ.get("STREAM_SNAPSHOT", settings["snapshot.mode"]),
        }
        self.request("PUT", "/connectors/late_payments/config", settings | ours)
        wait_for(lambda: self.tasks() == ["RUNNING"])

    def tasks(self) -> list[str]:
        """The states of the connector's tasks; none while Connect does not know them."""
        try:
            return [task["state"] for task in self.request("GET", "/connectors/late_payments/status")["tasks"]]
        except (OSError, AssertionError):
            return []

    def restart_failed(self) -> None:
        """As docs/connector.md says: Connect does not do it by itself."""
        with suppress(OSError, AssertionError):
            if "FAILED" in self.tasks():
                self.request("POST", "/connectors/late_payments/restart?includeTasks=true&onlyFailed=true")
                self.restarts += 1

    def begin_anew(self, meanwhile: Callable[[], None] = lambda: None) -> None:
        """Let the connector take a new snapshot, as docs/connector.md says, and do something while it is stopped."""
        self.request("PUT", "/connectors/late_payments/stop")
        wait_for(lambda: self.tasks() == [])
        meanwhile()
        self.request("DELETE", "/connectors/late_payments/offsets")
        self.request("PUT", "/connectors/late_payments/resume")
        wait_for(lambda: self.tasks() == ["RUNNING"])
