"""Guards that hold for every command: the history, the exports, what readers have, and the memory of runs."""

import json
from pathlib import Path

import duckdb
import pytest
from conftest import BIN, Project
from dbt_common.exceptions import DbtRuntimeError

from late_payments.warehouse import SCHEMAS, check_name


@pytest.fixture
def project(landed: Project, tmp_path: Path) -> Project:
    return Project.like(landed, tmp_path / "project")


LANDED = ("--vars", "raw: landed")


def half_the_invoices(project: Project) -> None:
    """A delivery cut off between two lines, which landing cannot tell from a whole one."""
    file = project.path / "extracts/invoices.csv"
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    file.write_text("".join(lines[: len(lines) // 2]), encoding="utf-8")
    project.make("land", "EXTRACTS=extracts")


HISTORY_PAST_A_TEST: dict[str, tuple[tuple[str, ...], dict[str, str]]] = {
    "snapshot": (("snapshot",), {}),
    "one snapshot": (("build", "--select", "invoices_history"), {}),
    "no tests": (("build", "--exclude-resource-type", "test"), {}),
    "no tests by variable": (("build",), {"DBT_EXCLUDE_RESOURCE_TYPES": "test unit_test"}),
    "tests of no ancestor": (("build", "--select", "+invoices_history", "--indirect-selection", "empty"), {}),
    "one test left out": (("build", "--exclude", "assert_every_invoice_has_line_items"), {}),
    "models not built": (("build", "--select", "resource_type:snapshot", "resource_type:test"), {}),
    "empty": (("build", "--empty"), {}),
    "sample": (("build", "--sample", "1 day"), {}),
}


def test_nothing_reaches_the_history_past_a_test(project: Project) -> None:
    half_the_invoices(project)
    before = project.state()
    project.dbt("run", "--exclude", "marts", *LANDED)
    for name, (arguments, env) in HISTORY_PAST_A_TEST.items():
        output = project.dbt(*arguments, *LANDED, ok=False, **env)
        assert "Nothing was changed. Run a whole build: dbt build" in output, name
        assert project.state()["history"] == before["history"], name
    # The whole build says what is wrong with the delivery.
    assert "FAILED" in project.dbt("build", *LANDED, ok=False)
    # What is left of it is not gone on with, though the marts are good.
    assert "dbt retry goes on with a part" in project.dbt("retry", ok=False)
    assert project.state()["history"] == before["history"]
    assert project.state()["exports"] == before["exports"]


def test_a_mart_is_not_exported_on_what_was_not_tested(project: Project) -> None:
    before = project.state()["exports"]
    half_the_invoices(project)
    project.dbt("run", *LANDED)
    _, output = project.end(
        BIN / "dbt", "build", "--select", "invoice_features", "--exclude-resource-type", "snapshot", *LANDED
    )
    assert "Nothing was exported" in output
    assert project.state()["exports"] == before
    assert not project.query("from audit.last_green_build")


def test_commands_that_only_compile_leave_no_trace(project: Project) -> None:
    def trace() -> list:
        return [project.query("from audit.last_green_build"), project.query("from audit.run_events order by all")]

    before = trace()
    assert len(before[0]) == 1
    for command in (
        ("docs", "generate"),
        ("compile",),
        ("ls",),
        ("show", "--select", "int_as_of"),
        ("parse",),
    ):
        project.dbt(*command, *LANDED)
        assert trace() == before, command
    project.dbt("test", "--select", "assert_receivables_ageing_ties", *LANDED)
    assert trace()[0] == before[0]
    assert len(trace()[1]) == len(before[1]) + 2
    # Nor do they make anything where nothing is.
    project.dbt("compile", *LANDED, LATE_PAYMENTS_DATABASE="fresh.duckdb")
    project.database = project.path / "fresh.duckdb"
    assert not project.query("select 1 from information_schema.schemata where schema_name = 'audit'")


def test_runs_are_remembered(project: Project) -> None:
    land, build = project.query(
        "select command, source, outcome, rows_landed, rows_of_marts, failed, begun_at < ended_at"
        " from audit.runs order by begun_at"
    )
    source = land[1]
    assert source.startswith("files in /") and source.endswith("/extracts")
    assert land[:3] == ("land", source, "landed") and json.loads(land[3])["invoices"] == 9_685
    assert build[:3] == ("dbt build", source, "green") and json.loads(build[4])["features.invoice_features"] == 9_685
    assert land[-1] and build[-1]
    events = project.query("from audit.run_events order by happened_at")

    name = "assert_last_cum_tot_inv_acct_counts_all_invoices"
    test = project.path / f"tests/marts/{name}.sql"
    text = test.read_text()
    test.write_text(text.replace("having max(cum_tot_inv_acct) <> count(*)", "having true"))
    project.dbt("test", "--select", name, *LANDED, ok=False)
    kept = f"select 1 from information_schema.tables where table_schema = 'test_failures' and table_name = '{name}'"
    assert project.query(kept) and project.query(f"select 1 from test_failures.{name} limit 1")
    last = "select command, outcome, failed from audit.runs order by begun_at desc limit 1"
    assert project.query(last) == [("dbt test", "1 failed in dbt test", name)]
    assert not project.query("from audit.last_green_build")
    assert project.query("from audit.run_events order by happened_at")[: len(events)] == events
    test.write_text(text)
    project.dbt("test", "--select", name, *LANDED)
    assert not project.query(kept)
    # A test that passes again proves nothing about the build that it was part of.
    assert not project.query("from audit.last_green_build")


def test_seeds_never_replace_landed_data(project: Project, tmp_path: Path) -> None:
    """Neither in the exports nor in the history."""
    before = project.state()
    manifest = json.loads((project.path / "exports/manifest.json").read_text())
    assert manifest["source"].endswith("/extracts")
    (build_id,) = project.query("select run_id from audit.last_green_build")[0]
    assert manifest["build_id"] == build_id
    output = project.dbt("build")
    assert "source         seeds" in output
    assert f"NOTHING WAS EXPORTED: exports holds landed data ({manifest['source']})" in output
    assert {**project.state(), "marts": before["marts"]} == before
    assert project.query("select count(*) from history_of_seeds.invoice_features_history") == [(9_685,)]
    # A directory that does not exist yet.
    project.dbt("build", LATE_PAYMENTS_EXPORTS=str(tmp_path / "of/seeds"))
    assert json.loads((tmp_path / "of/seeds/manifest.json").read_text())["source"] == "seeds"


def test_a_build_is_repeated_without_a_trace_but_of_its_own_files(project: Project) -> None:
    exports, before = project.path / "exports", project.state()
    project.dbt("build", *LANDED)
    first = (exports / "live").resolve()
    project.dbt("build", *LANDED)
    second = (exports / "live").resolve()
    assert first != second
    # Nor does an unchanged source add a version to the history.
    assert project.state() == before
    # Readers who found the first directory may go on with it.
    assert {directory.resolve() for directory in (exports / "builds").iterdir()} == {first, second}
    for file in exports.glob("*.*"):
        if file.name != ".gitignore":
            assert file.is_symlink() and file.resolve().parent == second
    manifest = json.loads((exports / "manifest.json").read_text())
    assert {entry["file"] for entry in manifest["marts"]} == {file.name for file in exports.glob("*.parquet")}
    for entry in manifest["marts"]:
        assert duckdb.sql(f"select count(*) from '{exports / entry['file']}'").fetchall() == [(entry["rows"],)]


def test_a_replay_comes_and_goes(project: Project) -> None:
    before = project.state()
    schemas = "select distinct schema_name from information_schema.schemata where schema_name like '%asof%'"
    output = project.make("build", "EXTRACTS=extracts", "AS_OF=2021-04-12")
    for mart in ("invoice_features", "training_set", "scoring_set"):
        assert f"exports/{mart}_asof_20210412.parquet" in output
        rows = f"select count(*) from features_asof_20210412.{mart}"
        assert duckdb.sql(
            f"select count(*) from '{project.path}/exports/{mart}_asof_20210412.parquet'"
        ).fetchall() == project.query(rows)
    assert "test_failures_asof_20210412" not in {schema for (schema,) in project.query(schemas)}

    assert "There is no replay as of 2021-04-13" in project.make("drop", "AS_OF=2021-04-13", ok=False)
    assert "needs to know which" in project.make("drop", ok=False)
    assert "and 3 files as of 2021-04-12" in project.make("drop", "AS_OF=2021-04-12")
    assert not project.query(schemas)
    assert project.state() == before
    assert len(list((project.path / "exports/builds").iterdir())) == 1
    assert "There is no replay as of 2021-04-12" in project.make("drop", "AS_OF=2021-04-12", ok=False)


def test_nothing_open_is_said_in_words(project: Project) -> None:
    file = project.path / "extracts/invoices.csv"
    header, *rows = [row.split(",") for row in file.read_text().splitlines()]
    paid = [[*row[:3], row[3] or row[2]] for row in rows]
    file.write_text("".join(",".join(row) + "\n" for row in [header, *paid]))
    output = project.make("build", "EXTRACTS=extracts")
    assert "nothing is open as of 2021-05-28: the call list, the scoring set and the ageing are empty" in output
    assert not project.query("from branch.accounts_to_contact union all by name from features.scoring_set")


def test_everything_is_found_from_another_directory(project: Project, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    there = ("--project-dir", project.path, "--profiles-dir", project.path)
    project.run("env", "--chdir", elsewhere, BIN / "dbt", "--quiet", "build", *LANDED, *there)
    assert not list(elsewhere.rglob("*.duckdb")) and not list(elsewhere.rglob("*.parquet"))
    assert project.query("select count(*) from audit.runs where outcome = 'green'") == [(2,)]
    output = project.dbt("debug", ok=False, LATE_PAYMENTS_DATABASE="nowhere/late_payments.duckdb")
    assert "There is no directory" in output


@pytest.mark.parametrize("name", ["finance", "HISTORY_of_seeds", "features_asof_20210412", "main", "trs", "temp"])
def test_a_database_must_not_be_called_like_a_schema(name: str) -> None:
    with pytest.raises(DbtRuntimeError, match=f"The database file must not be called {name}.duckdb"):
        check_name(f"somewhere/{name}.duckdb")


@pytest.mark.parametrize("command", [("build",), ("land", "EXTRACTS=extracts"), ("show", "--inline", "select 1")])
def test_no_command_takes_a_database_called_like_a_schema(landed: Project, command: tuple[str, ...]) -> None:
    run = landed.make if command[0] == "land" else landed.dbt
    output = run(*command, ok=False, LATE_PAYMENTS_DATABASE="features_asof_20210412.duckdb")
    assert "The database file must not be called features_asof_20210412.duckdb" in output
    assert not (landed.path / "features_asof_20210412.duckdb").exists()


def test_every_schema_of_the_project_is_known(built: Project, landed: Project) -> None:
    found = "select distinct schema_name from information_schema.schemata where catalog_name = 'late_payments'"
    schemas = {schema for (schema,) in built.query(found) + landed.query(found)}
    # Nothing has followed TRS here.
    assert schemas - {"information_schema", "pg_catalog"} == SCHEMAS - {"stream"}
