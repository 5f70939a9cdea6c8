"""What the stream makes of random transactions is what a whole build makes of the same state, without a broker."""

import shutil
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from conftest import ROOT, Project
from simulated_trs import KINDS, WHOLE, Trs

from late_payments.landing.__main__ import known_to_dbt
from late_payments.progress import Dbt
from late_payments.stream.compiled import Compiled, compile_project
from late_payments.stream.landing import Landing
from late_payments.stream.refreshing import Refresh
from late_payments.stream.stream import Stream
from late_payments.stream.transactions import Transactions


class Followed:
    """A built database, TRS as it was landed there, and a stream from the one to the other."""

    def __init__(self, project: Project, compiled: Compiled) -> None:
        self.project, self.compiled = project, compiled
        # What the topic holds, from offset 0 on.
        self.topic: list[str] = []
        self.start()
        self.trs = Trs(
            {
                source.name: [
                    dict(zip(source.columns, row, strict=True))
                    for row in self.rows(f"select {', '.join(source.columns)} from {source.relation}")
                ]
                for source in compiled.sources.values()
            },
            seed=17,
        )

    def start(self) -> None:
        """As after a kill: nothing is known but what the database holds."""
        self.connection = duckdb.connect(self.project.database)
        self.transactions = Transactions(self.compiled.sources.values())
        self.stream = Stream(self.connection, self.compiled, "trs")
        # There is nothing in the topic that raw is newer than.
        self.stream.is_catching_up = False
        self.stream.refresh()

    def rows(self, query: str) -> list[tuple]:
        return self.connection.execute(query).fetchall()

    def restart(self) -> None:
        self.connection.close()
        self.start()

    def follow(self, at_most: int = 1000) -> None:
        """Take in everything that TRS has committed and the database does not have."""
        self.topic += self.trs.messages
        self.trs.messages.clear()
        for offset in range(self.transactions.next_offset or self.stream.state.next_offset or 0, len(self.topic)):
            self.transactions.take_in(offset, self.topic[offset].encode())
        while chunk := self.transactions.give(at_most):
            self.stream.take(chunk)

    def marts(self) -> dict[str, list[tuple]]:
        return {
            model.name: self.rows(f"select * from {model.relation} order by all")
            for model in self.compiled.models
            if model.is_mart
        }

    def assert_is_what_the_models_say(self) -> None:
        """Each table is what its SQL gives for what it reads. Cheap, and with dbt's order as good as a whole build."""
        for model in self.stream.compiled.models:
            if model.is_table:
                columns = ", ".join(model.columns)
                kept, made = (f"select {columns} from {source}" for source in (model.relation, f"({model.sql})"))
                different = f"({kept} except all {made}) union all ({made} except all {kept})"
                assert self.rows(different) == [], model.name

    def assert_equals_a_whole_build(self, judge: Project) -> None:
        """Build a copy of the database, raw and history included, and compare all that is kept there."""
        self.connection.execute("checkpoint")
        shutil.copy(self.project.database, judge.database)
        judge.dbt("build", "--vars", "{raw: landed}")
        self.connection.execute(f"attach '{judge.database}' as judge (read_only)")
        for model in self.compiled.models:
            if model.is_table:
                mine = f"select {', '.join(model.columns)} from {model.relation}"
                judges = mine.replace('"late_payments".', "judge.")
                different = f"({mine} except all {judges}) union all ({judges} except all {mine})"
                assert self.rows(different) == [], model.name
        self.connection.execute("detach judge")
        self.assert_raw_is_what_trs_holds()

    def assert_hours_are_when_it_came_in(self) -> None:
        """Of hourly_receivables, summed up from when each transaction was: value and grade are tested elsewhere."""
        invoices = self.rows(
            "select cast(invoice_id as varchar), invoices.date_paid, days_late > 0, amount, risk_grade"
            " from finance.fct_invoices as invoices"
            " inner join intermediate.int_invoice_scores using (invoice_id)"
        )
        moments: list[tuple[datetime | None, int, str, bool, Decimal]] = []
        for invoice, day_paid, is_late, amount, grade in invoices:
            entered, paid = self.trs.arrivals.get(invoice, [None, None])
            moments.append((entered, 1, grade, False, amount))
            if day_paid:
                known = [moment for moment in (entered, paid) if moment]
                moments.append((max(known) if known else None, -1, grade, is_late, amount))
        rows = []
        for hour in sorted({moment.replace(minute=0) for moment, *_ in moments if moment}):
            end = hour + timedelta(hours=1)
            for grade in sorted({grade for _, _, grade, _, _ in moments}):
                so_far = [each for each in moments if each[2] == grade and (each[0] is None or each[0] < end)]
                within = [each for each in so_far if each[0] and each[0] >= hour]
                groups = [
                    [each for each in within if each[1] == 1],
                    [each for each in within if each[1] == -1],
                    [each for each in within if each[1] == -1 and each[3]],
                ]
                figures = [(len(group), sum((each[4] for each in group), Decimal(0))) for group in groups]
                closing = sum((each[1] * each[4] for each in so_far), Decimal(0))
                figures.append((sum(each[1] for each in so_far), closing))
                rows.append((hour, grade, *(figure for pair in figures for figure in pair)))
        assert self.rows("from finance.hourly_receivables order by hour_start, risk_grade") == rows

    def assert_raw_is_what_trs_holds(self) -> None:
        for source in self.compiled.sources.values():
            raw = self.rows(f"select {', '.join(source.columns)} from {source.relation}")
            in_trs = [tuple(map(row.get, source.columns)) for row in self.trs.tables[source.name].values()]
            assert sorted(raw, key=str) == sorted(in_trs, key=str), source.name


@pytest.fixture(scope="session")
def compiled(landed: Project, tmp_path_factory: pytest.TempPathFactory) -> Compiled:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        patch.setenv("LATE_PAYMENTS_DATABASE", str(landed.database))
        dbt = Dbt("--vars", "{raw: landed}", "--target-path", str(tmp_path_factory.mktemp("target")))
        known_to_dbt(dbt)
        return compile_project(dbt)


@pytest.fixture
def judge(landed: Project, tmp_path: Path) -> Project:
    return Project.like(landed, tmp_path / "judge")


@pytest.fixture
def followed(landed: Project, compiled: Compiled, judge: Project, tmp_path: Path) -> Iterator[Followed]:
    project = Project.__new__(Project)
    project.path, project.database = tmp_path, tmp_path / landed.database.name
    shutil.copy(landed.database, project.database)
    followed = Followed(project, compiled)
    yield followed
    followed.connection.close()


def test_random_transactions(followed: Followed, judge: Project) -> None:
    # Each kind once, in a random order, then as they come; those that refresh everything hide nothing.
    kinds = followed.trs.random.sample(KINDS + WHOLE, len(KINDS + WHOLE))
    for kind in [*kinds, *followed.trs.random.choices(KINDS, k=30)]:
        followed.trs.change(kind)
        # Sometimes several transactions wait.
        if followed.trs.random.random() < 0.7:
            followed.follow()
            assert not followed.stream.state.faults
            followed.assert_is_what_the_models_say()
    followed.follow()
    followed.assert_equals_a_whole_build(judge)
    followed.assert_hours_are_when_it_came_in()
    events = followed.rows('select count(*), count(distinct "offset") from raw.change_events')
    assert events[0][0] == events[0][1] > 0


def first_line(trs: Trs) -> dict[str, str | None]:
    return next(iter(trs.tables["invoice_line_items"].values()))


def change_first(trs: Trs, table: str, **values: str | None) -> None:
    trs.put(table, {**next(iter(trs.tables[table].values())), **values})


def orphans(trs: Trs) -> None:
    """Of an account that goes without its invoices."""
    trs.remove("accounts", trs.tables["accounts"][(trs.any("invoices")["account_id"],)])


FAULTS = {
    # Debezium's zero date.
    "rejected_rows": lambda trs: change_first(trs, "invoices", date_issued="1970-01-01", payment_dates=None),
    "account_id__account_id": orphans,
    "item_id__item_id": lambda trs: trs.put("invoice_line_items", {**first_line(trs), "item_id": "no such item"}),
    "has_line_items": lambda trs: trs.put(
        "invoices", {**trs.any("invoices"), "invoice_id": trs.new_id("invoices", "invoice_id")}
    ),
    "before_joining": lambda trs: change_first(trs, "accounts", joining_date="2099-01-01"),
    "negative": lambda trs: change_first(trs, "skus", item_cost_price="-1.00"),
}


def test_bad_rows_hold_the_marts_back(followed: Followed) -> None:
    trs = followed.trs
    for fault, break_ in FAULTS.items():
        before, good = followed.marts(), {table: dict(rows) for table, rows in trs.tables.items()}
        with trs.transaction():
            break_(trs)
        trs.change("new_account_that_buys")
        followed.follow()
        assert any(fault in found.test.name or "rejected" in found.test.name for found in followed.stream.state.faults)
        assert followed.marts() == before, fault
        # What is touched is known after a kill too.
        followed.restart()
        assert followed.stream.state.faults
        trs.change("payment")
        followed.follow()
        assert followed.marts() == before, fault
        with trs.transaction():
            for table, rows in good.items():
                for row in rows.values():
                    trs.put(table, row)
            for row in trs.all("invoice_line_items"):
                if row["item_id"] == "no such item":
                    trs.remove("invoice_line_items", row)
            with_lines = {row["invoice_id"] for row in trs.all("invoice_line_items")}
            for row in trs.all("invoices"):
                if row["invoice_id"] not in with_lines:
                    trs.remove("invoices", row)
        followed.follow()
        assert not followed.stream.state.faults
        assert followed.marts() != before
        followed.assert_is_what_the_models_say()
    # Nothing is left to do.
    assert followed.rows("from stream.touched") == []


def test_a_snapshot_replaces_what_was_landed(followed: Followed) -> None:
    trs = followed.trs
    trs.change("many_at_once")
    followed.follow()
    trs.events.clear()
    # What was committed while the connector was not there, or began with its snapshot.
    for _ in range(5):
        trs.change()
    trs.messages.clear()
    trs.snapshot()
    whole = trs.messages[:]
    # It was stopped in the middle, and what it had delivered so far did not fit into one chunk.
    trs.messages = whole[:3000] + whole
    trs.change("payment")
    followed.follow(at_most=1000)
    assert followed.rows("select count(*) from raw.change_events where op = 'r'") == [(len(whole),)]
    followed.assert_is_what_the_models_say()
    followed.assert_raw_is_what_trs_holds()


def and_then_killed(function: Callable[..., object]) -> Callable[..., None]:
    def killed(*arguments: object) -> None:
        function(*arguments)
        raise KeyboardInterrupt

    return killed


def test_a_kill_loses_and_repeats_nothing(followed: Followed, monkeypatch: pytest.MonkeyPatch) -> None:
    trs = followed.trs
    for moment in ("apply", "marts", "keep"):
        trs.change("many_at_once")
        trs.change("payment_backdated")
        owner = {"apply": Landing, "marts": Refresh, "keep": Stream}[moment]
        with monkeypatch.context() as patch:
            patch.setattr(owner, moment, and_then_killed(getattr(owner, moment)))
            with pytest.raises(KeyboardInterrupt):
                followed.follow()
        followed.restart()
        followed.follow()
        followed.assert_is_what_the_models_say()
    events = followed.rows('select count(*), count(distinct "offset") from raw.change_events')
    delivered = sum('"op"' in message for message in followed.topic)
    assert events == [(delivered, delivered)]
    followed.assert_raw_is_what_trs_holds()


def prune(project: Project, arguments: str, ok: bool = True) -> str:
    return project.dbt("run-operation", "prune_change_events", "--args", arguments, ok=ok)


def test_old_changes_are_pruned(judge: Project, compiled: Compiled) -> None:
    assert "no stream has run there yet" in prune(judge, "{}", ok=False)
    followed = Followed(judge, compiled)
    for kind in ("many_at_once", "payment", "payment_backdated", "new_invoice"):
        followed.trs.change(kind)
    followed.follow()
    # The stream has the database to itself.
    assert "Could not set lock" in prune(judge, "{dry_run: false}", ok=False)
    # One landed on the day before the last one that is kept, one at the begin of that, all others on the latest day.
    first, second = followed.rows('select "offset" from raw.change_events order by all limit 2')
    for moment, offsets in (("12 18:00", "<> -1"), ("02 00:00", f"= {second[0]}"), ("01 23:59", f"= {first[0]}")):
        followed.rows(f"update raw.change_events set landed_at = '2021-05-{moment}' where \"offset\" {offsets}")
    before = followed.rows("select * exclude (landed_at) from raw.change_events order by all")
    hours, marts = followed.rows("from audit.invoice_arrivals order by all"), followed.marts()
    followed.connection.close()

    assert f"1 of {len(before)} changes" in (said := prune(judge, "{keep_days: 10}")) and "Dry run" in said
    kept = "select * exclude (landed_at) from raw.change_events order by all"
    assert judge.query(kept) == before
    assert "keep_days must be a whole number of days" in prune(judge, "{keep_days: -1, dry_run: false}", ok=False)
    assert "Deleted" in prune(judge, "{keep_days: 10, dry_run: false}")
    assert len(judge.query(kept)) == len(before) - 1
    assert "Deleted" not in prune(judge, "{keep_days: 10, dry_run: false}")

    followed.start()
    assert followed.marts() == marts
    assert followed.rows("from audit.invoice_arrivals order by all") == hours
    followed.trs.change("many_at_once")
    followed.follow()
    followed.assert_is_what_the_models_say()
    followed.assert_raw_is_what_trs_holds()
    followed.assert_hours_are_when_it_came_in()
    followed.connection.close()
