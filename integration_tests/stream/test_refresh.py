"""What the stream makes of random transactions is what a whole build makes of the same state, without a broker."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from conftest import ROOT, Project
from simulated_trs import WHOLE, Trs

from late_payments.landing.__main__ import known_to_dbt
from late_payments.progress import Dbt
from late_payments.stream.compiled import Compiled, compile_project
from late_payments.stream.stream import Stream
from late_payments.stream.transactions import Transactions


class Followed:
    """A built database, TRS as it was landed there, and a stream from the one to the other."""

    def __init__(self, project: Project, compiled: Compiled) -> None:
        self.project, self.compiled = project, compiled
        self.transactions = Transactions(compiled.sources.values())
        self.offset = 0
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
        self.connection = duckdb.connect(self.project.database)
        self.stream = Stream(self.connection, self.compiled, "trs")
        self.stream.refresh()

    def rows(self, query: str) -> list[tuple]:
        return self.connection.execute(query).fetchall()

    def follow(self) -> None:
        """Take in everything that TRS has committed."""
        for message in self.trs.messages:
            self.transactions.take_in(self.offset, message)
            self.offset += 1
        self.trs.messages.clear()
        while chunk := self.transactions.give(1000):
            self.stream.take(chunk)

    def marts(self) -> dict[str, list[tuple]]:
        return {
            model.name: self.rows(f"select * from {model.relation} order by all")
            for model in self.compiled.models
            if model.is_mart
        }

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
    for _ in range(4):
        # What refreshes everything hides what was refreshed wrongly before it, so it comes first.
        for kind in followed.trs.random.sample(WHOLE, 2):
            followed.trs.change(kind)
            followed.follow()
        for _ in range(15):
            followed.trs.change()
            # Sometimes several transactions wait.
            if followed.trs.random.random() < 0.7:
                followed.follow()
        followed.follow()
        assert not followed.stream.state.faults
        followed.assert_equals_a_whole_build(judge)
    events = followed.rows('select count(*), count(distinct "offset") from raw.change_events')
    assert events[0][0] == events[0][1] > 0
