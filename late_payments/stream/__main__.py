"""Follow TRS: land each change, refresh the marts and publish what changed, until stopped.

    python -m late_payments.stream [--target prod] [--vars "{raw: landed}"]

The database must have been built. After any end, a kill too, the next start goes on where this one ended.
docs/stream.md says what must be set, docs/runbook.md what the messages mean.
"""

import argparse
import os
import signal
import sys
import time
from contextlib import closing, suppress
from datetime import datetime, timezone
from types import FrameType

import duckdb
import psycopg
from dbt_common.exceptions import DbtBaseException

from late_payments import servers, warehouse
from late_payments.green import Refused as NotPublished
from late_payments.landing.__main__ import known_to_dbt
from late_payments.landing.arguments import options_of_dbt
from late_payments.landing.transaction import Refused
from late_payments.progress import Dbt
from late_payments.publish.publication import in_words
from late_payments.record import Record
from late_payments.stream.compiled import compile_project
from late_payments.stream.publishing import Publishing
from late_payments.stream.settings import settings
from late_payments.stream.showing import Display, Facts
from late_payments.stream.stream import Stream
from late_payments.stream.topic import Topic
from late_payments.stream.transactions import Transactions

# Changes that are landed and refreshed together, where so many wait.
AT_MOST = 50_000
SECONDS_TO_WAIT = 0.2
SECONDS_BETWEEN_TRIES = 5


class Asked:
    """Whether somebody has asked the stream to end: by SIGTERM or SIGINT."""

    def __init__(self) -> None:
        self.to_stop = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.hear)

    def hear(self, number: int, frame: FrameType | None) -> None:
        self.to_stop = True


def main() -> int:
    """The exit status."""
    parser = argparse.ArgumentParser(prog="python -m late_payments.stream", description=__doc__.split("\n", 1)[0])
    parser.add_argument("--target", help="of profiles.yml; else DBT_TARGET, else dev")
    parser.add_argument("--vars", default="{raw: landed}", help="as of dbt")
    options = options_of_dbt(parser.parse_args())
    os.chdir(warehouse.PROJECT)
    try:
        run(Dbt(*options))
    except psycopg.Error as error:
        print(servers.scrubbed(f"PostgreSQL refuses: {in_words(error)}"), file=sys.stderr)
        return 1
    except (Refused, NotPublished, DbtBaseException, duckdb.Error, OSError) as error:
        print(servers.scrubbed(str(error)), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped before anything was read.", file=sys.stderr)
        return 130
    return 0


def run(dbt: Dbt) -> None:
    """Check everything, then follow until stopped."""
    _, credentials = known_to_dbt(dbt)
    dbt_vars = warehouse.vars_of_dbt()
    if dbt_vars["as_of"] is not None:
        raise Refused("What streams is live, so as_of must not be set.")
    found = settings(servers.prefix(credentials))
    topic = Topic(found)
    # A build of an older version of the project may have made what remembers the runs.
    if dbt.run("--no-write-json", "run-operation", "create_audit"):
        raise Refused("audit.runs cannot be made: see above")
    compiled = compile_project(dbt)
    assert dbt.manifest
    asked = Asked()
    with warehouse.connect(credentials) as connection, closing(topic), closing(Display()) as display:
        connection.execute("set enable_progress_bar = false")
        stream = Stream(connection, compiled, found.topic)
        topic.start(stream.state.next_offset)
        source = stream.source()
        record = Record(connection, command="stream", source=source, outcome="it is still running, or was killed")
        begun_at = datetime.now(timezone.utc).replace(tzinfo=None)
        try:
            publishing = None
            if found.postgres:
                run_ = (record.run_id, begun_at, source)
                publishing = Publishing(connection, dbt.manifest, found.postgres, dbt_vars["readers"], run_)
            display.say(f"following {found.topic} from {stream.in_words()}")
            Following(stream, topic, publishing, display).follow(asked)
        finally:
            # Of a database that fails nothing more can be said.
            with suppress(duckdb.Error):
                stream.roll_back()
                record.ended(outcome=f"stopped after {stream.in_words()}")
        display.say(f"stopped after {stream.in_words()}")


class Following:
    """The loop: read, land and refresh, publish, show."""

    def __init__(self, stream: Stream, topic: Topic, publishing: Publishing | None, display: Display) -> None:
        self.stream, self.topic, self.publishing, self.display = stream, topic, publishing, display
        self.transactions = Transactions(stream.compiled.sources.values())
        self.trouble = ""
        self.tried_at = 0.0
        # When the connector read what readers have yet to see.
        self.unseen: list[int] = []

    def follow(self, asked: Asked) -> None:
        """Follow until asked to stop. Refused, with everything before it kept, at a message that cannot be used."""
        self.stream.refresh()
        while True:
            self.publish()
            self.show()
            if asked.to_stop:
                return
            self.topic.read(self.transactions, SECONDS_TO_WAIT)
            self.topic.ask_again()
            while not asked.to_stop and (chunk := self.transactions.give(AT_MOST)):
                self.stream.take(chunk)
                self.unseen += [change.read_at for change in chunk.changes]
                self.publish()
                self.show()
            if self.stream.is_catching_up and self.topic.is_at_end and not asked.to_stop:
                self.stream.is_catching_up = False
                self.stream.refresh()

    def publish(self) -> None:
        """Publish what is to be published, unless PostgreSQL has just refused it."""
        if self.stream.is_open or time.monotonic() < self.tried_at + SECONDS_BETWEEN_TRIES * bool(self.trouble):
            return
        try:
            if self.publishing:
                self.publishing.publish()
            else:
                self.stream.empty_outbox()
            self.trouble = ""
        except (NotPublished, psycopg.Error) as error:
            said = in_words(error) if isinstance(error, psycopg.Error) else str(error)
            self.trouble, self.tried_at = servers.scrubbed(said), time.monotonic()
            return
        if not self.stream.state.held_back():
            self.display.arrived(self.unseen)
            self.unseen.clear()

    def show(self) -> None:
        state = self.stream.state
        self.display.show(
            Facts(
                next_offset=state.next_offset or 0,
                behind=self.topic.behind() + len(self.transactions.waiting),
                last_transaction=state.last_transaction,
                as_of=state.as_of,
                held_back=state.held_back(),
                trouble=self.trouble or self.topic.trouble,
            )
        )


if __name__ == "__main__":
    sys.exit(main())
