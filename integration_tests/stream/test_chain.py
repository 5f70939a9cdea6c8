"""From a commit in MariaDB to the readers of PostgreSQL, by real servers, any of which may be killed meanwhile."""

import os
import random
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import duckdb
import psycopg
import pytest
from chain import STREAM, Chain, Program, chain  # noqa: F401
from conftest import Project
from servers import Postgres, assert_no_password, documented_sql, postgres_database, postgres_fixture
from test_faults import wait_for
from workload import COLUMNS, Workload

# By hand 500 and more: STREAM_TRANSACTIONS=500.
TRANSACTIONS = int(os.environ.get("STREAM_TRANSACTIONS", "150"))
TRANSACTIONS_FOR_EACH_ROUND_OF_KILLS = 150
SEED = int(os.environ.get("STREAM_SEED", "1"))

server = postgres_fixture()


@pytest.fixture(scope="session")
def bootstrapped(chain: Chain, tmp_path_factory: pytest.TempPathFactory) -> Project:  # noqa: F811
    """A copy of the project as a nightly build from TRS left it."""
    project = Project(tmp_path_factory.mktemp("bootstrapped") / "project")
    project.make("build", "SOURCE=mysql", **chain.source.env())
    return project


@pytest.fixture
def program(chain: Chain, bootstrapped: Project, server, tmp_path: Path) -> Iterator[Program]:  # noqa: F811
    with postgres_database(server) as target:
        program = Program(Project.like(bootstrapped, tmp_path / "project"), chain, target)
        try:
            yield program
        finally:
            program.kill()


@pytest.fixture(scope="session")
def marts(bootstrapped: Project) -> list[str]:
    tables = "select schema_name || '.' || table_name from duckdb_tables() where schema_name in {} order by all"
    return [name for (name,) in bootstrapped.query(tables.format(("branch", "features", "finance")))]


def published(target: Postgres, marts: list[str]) -> dict[str, Counter]:
    return {mart: Counter(target.query(f"select * from {mart}")) for mart in marts}


def assert_all_agree(program: Program, bootstrapped: Project, marts: list[str], twin: Path) -> None:
    """Raw with MariaDB, every table with a full build, PostgreSQL with the marts, the events with the topic."""
    project, source = program.project, program.chain.source
    for table, columns in COLUMNS.items():
        in_source = source.query(f"select {', '.join(f'cast({name} as char)' for name in columns)} from trs.{table}")
        assert Counter(project.query(f"select {', '.join(columns)} from raw.{table}")) == Counter(in_source), table

    built = Project.like(bootstrapped, twin)
    with duckdb.connect(built.database) as connection:
        # When something came in MariaDB cannot tell.
        connection.execute(f"attach '{project.database}' as streamed (read_only)")
        connection.execute("delete from audit.invoice_arrivals")
        connection.execute("insert into audit.invoice_arrivals from streamed.audit.invoice_arrivals")
    built.make("build", "SOURCE=mysql", **source.env())
    with duckdb.connect() as connection:
        connection.execute(f"attach '{project.database}' as streamed (read_only)")
        connection.execute(f"attach '{built.database}' as built (read_only)")
        tables = connection.execute(
            "select schema_name || '.' || table_name from duckdb_tables() where database_name = 'built'"
            " and schema_name in ('raw', 'staging', 'intermediate', 'features', 'finance', 'branch') order by all"
        ).fetchall()
        assert len(tables) > 20
        for (table,) in tables:
            for one, other in (("streamed", "built"), ("built", "streamed")):
                found = connection.execute(f"from {one}.{table} except all from {other}.{table}").fetchall()
                assert not found, f"{len(found)} rows of {table} only {one}, such as {found[:3]}"

    for mart, rows in published(program.target, marts).items():
        assert rows == Counter(project.query(f"from {mart}")), mart

    delivered = [offset for offset, value in program.chain.messages() if "op" in value]
    kept = 'select "offset" from raw.change_events where "offset" >= {} order by all'
    assert [offset for (offset,) in project.query(kept.format(delivered[0]))] == delivered


# What must agree in any one snapshot of PostgreSQL: each row says what does not.
TORN = """
    with lines as (
        select invoice_id, count(*) as lines, cast(sum(units) as bigint) as units, sum(amount) as amount
        from finance.fct_invoice_line_items
        group by invoice_id
    ),
    open_invoices as (
        select count(*) as n, coalesce(sum(amount), 0) as amount
        from finance.fct_invoices
        where date_paid is null
    )
    select 'invoice', invoice_id
    from finance.fct_invoices as i
    full join lines as l using (invoice_id)
    where (i.lines, i.units, i.amount) is distinct from (l.lines, l.units, l.amount)
    union all
    select 'feature', inv_id
    from features.invoice_features as f
    full join finance.fct_invoices as i on inv_id = invoice_id
    where (acct_id, inv_total, inv_items) is distinct from (account_id, amount, units)
    union all
    select 'ageing', t.invoices_open
    from finance.receivables_ageing_total as t, open_invoices as o
    where (t.invoices_open, t.amount_open) is distinct from (o.n, o.amount)
    union all
    select 'accounts', coalesce(a.n, 0)
    from
        (select sum(invoices_open) as n, sum(amount_open) as amount from finance.receivables_ageing) as a,
        open_invoices as o
    where coalesce(a.n, 0) <> o.n or coalesce(a.amount, 0) <> o.amount
"""


class Readers:
    """Four people who ask PostgreSQL all the time."""

    def __init__(self, target: Postgres) -> None:
        self.target = target
        # How often the server has been killed and started, odd while it is down: then alone may a connection be lost.
        self.turns = 0
        self.stop = threading.Event()
        self.wrong: list[object] = []
        self.answers = [0] * 4

    def read(self, number: int) -> None:
        while not self.stop.is_set():
            turns = self.turns
            try:
                with self.target.connect() as connection:
                    while not self.stop.is_set():
                        turns = self.turns
                        self.wrong += connection.execute(TORN).fetchall()
                        self.answers[number] += 1
                        time.sleep(0.2)
            except psycopg.OperationalError as error:
                if self.turns == turns and turns % 2 == 0:
                    self.wrong.append(error)
                time.sleep(0.2)
            except Exception as error:
                self.wrong.append(error)
                return

    @contextmanager
    def reading(self) -> Iterator[None]:
        threads = [threading.Thread(target=self.read, args=[number]) for number in range(4)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self.stop.set()
            for thread in threads:
                thread.join()


def kill_postgres(server) -> None:
    pid = int((Path(server.datadir) / "postmaster.pid").read_text().split()[0])
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: not Path(f"/proc/{pid}").exists())


def start_postgres(server) -> None:
    """With the options that it has written down."""
    log = Path(server.datadir).parent / "again.log"
    restart = [server.executable, "restart", "-w", "-D", server.datadir, "-l", log]
    # Not while what its last run started still holds its memory.
    wait_for(lambda: subprocess.run(restart, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0)


def test_any_part_is_killed_in_the_middle(
    program: Program, bootstrapped: Project, marts: list[str], server, tmp_path: Path
) -> None:
    source, kafka, connect = program.chain.source, program.chain.kafka, program.chain.connect
    program.start()
    program.wait_until_readers_see_all()
    workload = Workload(source, SEED)
    readers = Readers(program.target)

    def kill_and_start(part: str) -> None:
        if part == "PostgreSQL":
            readers.turns += 1
            kill_postgres(server)
            start_postgres(server)
            readers.turns += 1
        else:
            killed = {"the program": program, "Kafka": kafka, "Connect": connect, "MariaDB": source}
            killed[part].kill()
            killed[part].start()

    parts = ["the program", "Kafka", "Connect", "MariaDB", "PostgreSQL"]
    rounds = max(1, TRANSACTIONS // TRANSACTIONS_FOR_EACH_ROUND_OF_KILLS)
    kills = dict(zip(range(10, TRANSACTIONS, TRANSACTIONS // (len(parts) * rounds + 1)), parts * rounds, strict=False))
    kinds: Counter[str] = Counter()
    pause = random.Random(SEED)
    with readers.reading(), ThreadPoolExecutor(1) as killer:
        killing = []
        for number in range(TRANSACTIONS):
            if number in kills:
                if killing:
                    killing[-1].result()
                killing.append(killer.submit(kill_and_start, kills[number]))
            kinds[workload.any_change()] += 1
            connect.restart_failed()
            time.sleep(pause.uniform(0, 0.2))
        for kill in killing:
            kill.result()
        program.wait_until_readers_see_all()
    assert len(killing) == len(parts) * rounds
    assert not readers.wrong
    assert min(readers.answers) > 5
    assert len(kinds) >= 18
    assert program.stop() == 0, program.said()
    assert_no_password(program.project, program.said())
    assert_all_agree(program, bootstrapped, marts, tmp_path / "twin")


def test_rows_that_cannot_be_used_hold_the_marts_back(
    program: Program, bootstrapped: Project, marts: list[str], tmp_path: Path
) -> None:
    source, target = program.chain.source, program.target
    program.start()
    program.wait_until_readers_see_all()
    before = published(target, marts)
    # Debezium brings 1970-01-01.
    some_account = "from trs.accounts order by joining_date limit 1"
    source.query(f"insert into trs.invoices select 700001, account_id, '0000-00-00', null {some_account}")
    wait_for(lambda: "held back: 1 in assert_rejected_rows_within_limit" in program.said())
    # An orphan, and what is good: raw takes both.
    source.query(
        "insert into trs.invoice_line_items select 700002, item_id, 1 from trs.skus limit 1",
        "update trs.accounts set contact_phone = '1' limit 1",
    )
    program.chain.wait_until_topic_has_all()
    delivered = [offset for offset, value in program.chain.messages() if "op" in value]
    # The next is that after END.
    wait_for(lambda: f"offset {delivered[-1] + 2:,}" in program.said())
    assert published(target, marts) == before

    # It is known after the next start too.
    assert program.stop() == 0
    assert "the marts are held back" in program.said().splitlines()[-1]
    assert program.project.query("select count(*) from raw.invoices where invoice_id = '700001'") == [(1,)]
    assert program.project.query("select count(*) from raw.change_events") == [(len(delivered),)]
    said = len(program.said())
    program.start()
    wait_for(lambda: "held back" in program.said()[said:])
    assert published(target, marts) == before

    # The parent of the orphan, and what the rejected row should have been.
    source.query(
        f"insert into trs.invoices select 700002, account_id, '2021-05-12', null {some_account}",
        "update trs.invoices set date_issued = '2021-05-12' where invoice_id = 700001",
        "insert into trs.invoice_line_items select 700001, item_id, 1 from trs.skus limit 1",
    )
    program.wait_until_readers_see_all()
    assert program.stop() == 0
    assert_all_agree(program, bootstrapped, marts, tmp_path / "twin")


def test_a_service_asks_at_the_counter(program: Program) -> None:
    """What docs/stream.md tells a service to ask, of an invoice as soon as anything is known of it."""
    source = program.chain.source
    program.start()
    program.wait_until_readers_see_all()
    buyers = source.query("select account_id from trs.invoices group by account_id order by count(*) desc")
    (account,) = buyers[0]
    by_invoice, by_account = documented_sql("stream.md")
    with program.target.connect() as connection:
        for table in ("scoring_set", "open_invoice_risk"):
            for column in ("inv_id", "acct_id"):
                indexes = "select indexdef from pg_indexes where schemaname = 'features' and tablename = %s"
                found = [text for (text,) in connection.execute(indexes, [table]).fetchall()]
                assert any(text.endswith(f"({column})") for text in found), (table, column)
        with source.connect(database="trs") as writer, writer.cursor() as cursor:
            writer.begin()
            cursor.execute("insert into invoices select 800001, %s, max(date_issued), null from invoices i", [account])
            cursor.execute("insert into invoice_line_items select 800001, item_id, 2 from skus limit 3")
            writer.commit()
        seen = "select 1 from finance.fct_invoices where invoice_id = 800001"
        wait_for(lambda: connection.execute(seen).fetchall())
        (row,) = connection.execute(by_invoice.replace("10001", "800001"), prepare=False).fetchall()
        assert row[:2] == (800001, account) and None not in row
        hours = connection.execute(*documented_sql("stream.md", 1)).fetchall()
        ((amount_open,),) = connection.execute("select amount_open from finance.receivables_ageing_total").fetchall()
        assert hours[0][1] >= 1 and hours[0][-1] == amount_open
        assert 800001 in {row[0] for row in connection.execute(by_account.replace("17", str(account))).fetchall()}


def test_the_night_takes_the_database_over(
    program: Program, bootstrapped: Project, marts: list[str], tmp_path: Path
) -> None:
    """What docs/stream.md says: stop, make nightly RAW=landed, start. TRS goes on meanwhile."""
    source, project = program.chain.source, program.project
    workload = Workload(source, seed=2)

    def trade() -> None:
        for kind in ("new_invoice", "payment", "new_account_that_buys", "payment_removed", "quantity_corrected"):
            workload.change(kind)

    program.start()
    trade()
    program.wait_until_readers_see_all()
    assert program.stop() == 0
    offset = "select next_offset from stream.position"
    before, versions = project.query(offset), project.query("select count(*) from history.invoice_features_history")
    trade()
    project.make("nightly", "RAW=landed", **program.env())
    trade()
    # On the state that the stream had left, and nothing of what waits in Kafka.
    assert project.query(offset) == before
    streamed = [("stream trs.changes after mysql",)]
    assert project.query("select source from audit.last_green_build") == streamed
    assert project.query("select count(*) from history.invoice_features_history") > versions
    last_publication = "select source from audit.publications order by published_at desc limit 1"
    assert program.target.query(last_publication) == streamed
    program.start()
    trade()
    program.wait_until_readers_see_all()
    assert program.stop() == 0
    # Prices are those of a history that has the night in it.
    assert_all_agree(program, project, marts, tmp_path / "twin")


REFUSALS = {
    "wrong password": ({"DBT_ENV_SECRET_KAFKA_SASL_PASSWORD": "another s3cret"}, "Authentication failed"),
    "unreachable broker": ({"LATE_PAYMENTS_KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1"}, "Connection refused"),
    "broker not named": ({"LATE_PAYMENTS_KAFKA_BOOTSTRAP_SERVERS": ""}, "LATE_PAYMENTS_KAFKA_BOOTSTRAP_SERVERS"),
    "no such topic": ({"LATE_PAYMENTS_KAFKA_TOPIC": "trs.accounts"}, "has no topic trs.accounts"),
    "wrong password of PostgreSQL": ({"DBT_ENV_SECRET_POSTGRES_PASSWORD": "another s3cret"}, "authentication failed"),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_refused(program: Program, case: str) -> None:
    changes, says = REFUSALS[case]
    before = program.project.state()
    output = program.project.run(*STREAM, ok=False, **program.env(**changes))
    assert says in output
    assert_no_password(program.project, output)
    assert program.project.state() == before


# The last, because whoever follows from the beginning of the topic comes by what it leaves there.
def test_a_column_that_is_needed_is_dropped(
    program: Program, bootstrapped: Project, marts: list[str], tmp_path: Path
) -> None:
    source = program.chain.source
    program.start()
    source.query("alter table trs.skus add column colour varchar(10)", "update trs.skus set colour = 'red'")
    program.wait_until_readers_see_all()
    before = published(program.target, marts)
    source.query("alter table trs.invoices drop column payment_dates", "delete from trs.invoices limit 1")
    source.query("update trs.invoices set date_issued = date_issued - interval 1 day limit 1")
    assert program.process.wait(timeout=120) == 1
    assert "invoices has no payment_dates any more" in program.said()
    assert published(program.target, marts) == before

    # What docs/connector.md says: mended, and all of it delivered anew.
    source.query(
        "alter table trs.invoices add column payment_dates date",
        "alter table trs.skus drop column colour",
        *(f"delete from trs.{table}" for table in COLUMNS),
        *(f"insert into trs.{table} select * from seeds.{table}" for table in COLUMNS),
    )
    program.chain.connect.begin_anew(program.chain.empty_topic)
    with duckdb.connect(program.project.database) as connection:
        connection.execute("drop schema stream cascade")
    program.start()
    program.wait_until_readers_see_all()
    assert program.stop() == 0
    assert_all_agree(program, bootstrapped, marts, tmp_path / "twin")
