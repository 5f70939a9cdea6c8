"""The back-test runs the SQL of the models, for any day what a build as of it tells, and says what its page says."""

import json
import re
from datetime import date
from pathlib import Path

import duckdb
import pytest
from conftest import ROOT, Project, needs_real_extracts
from test_risk import OF_SCORED_DAYS

pytest.importorskip("sklearn", reason="needs make .venv/installed-evaluate")

from late_payments.backtest import PROBABILITIES, RULES, SCHEMA, fit, replay

A_DAY = date(2021, 4, 12)


def tables(text: str) -> list[list[list[str]]]:
    """Rows of cells of each table in Markdown, but for its header."""
    found = re.findall(r"(?:^\|.*\n)+", text + "\n", re.M)
    return [[line.strip("|").split("|") for line in table.splitlines()[2:]] for table in found]


def numbers(cell: str) -> list[float]:
    return [float(number.replace(",", "")) for number in re.findall(r"-?[\d,]*\.?\d+", cell)]


def test_the_backtest_runs_on_the_seeds(rebuildable: Project) -> None:
    before = rebuildable.database.read_bytes()
    output = rebuildable.make("backtest", "OUT=tested", "TO=2021-03-31", "EVERY=28", "LENGTH=10")
    assert output.startswith("8 days from 2020-09-09 to 2021-03-24, 10 accounts called on each, 1,000 resamples.")
    assert (rebuildable.path / "tested/backtest.png").read_bytes().startswith(b"\x89PNG")
    assert (rebuildable.path / "tested/backtest.md").read_text() == output
    rules, probabilities, tenths, weeks = tables(output)
    caught = {row[0].strip(): numbers(row[1])[0] for row in rules}
    assert list(caught) == RULES
    assert caught["random"] < caught["value open"] < caught["call list"] <= caught["ideal"] < 1
    assert max(caught.values()) == caught["ideal"]
    assert [row[0].strip() for row in probabilities] == PROBABILITIES
    assert len(tenths) == 10 and len(weeks) == 4
    assert rebuildable.database.read_bytes() == before, "a back-test only reads"


def test_without_days_of_history_nothing_is_replayed(rebuildable: Project) -> None:
    output = rebuildable.make("backtest", "FROM=2021-04-01", "TO=2021-03-31", ok=False)
    assert "There is no day to replay from 2021-04-01 to 2021-03-31" in output


def test_without_anything_late_before_nothing_is_learnt(rebuildable: Project) -> None:
    output = rebuildable.make("backtest", "FROM=2020-06-01", "TO=2020-06-01", ok=False)
    assert "On 2020-06-01 the fitted models have nothing to learn from" in output


def fitted(project: Project, manifest: dict, suffix: str) -> list[tuple]:
    """What the fitted models say of the invoices open on a day, by the marts that are live or those as of the day."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{project.database}' as late_payments (read_only)")
        connection.execute(f"create schema {SCHEMA}")
        connection.execute(f"create view {SCHEMA}.int_invoices as from late_payments.intermediate{suffix}.int_invoices")
        replay(connection, manifest, [A_DAY])
        fit(connection, [f"late_payments.features{suffix}.{name}" for name in ("training_set", "scoring_set")], [A_DAY])
        return connection.execute(f"from {SCHEMA}.fitted order by all").fetchall()


def test_a_day_is_what_a_build_as_of_it_tells(rebuildable: Project) -> None:
    only_models = ("--exclude-resource-type", "test", "unit_test", "snapshot")
    rebuildable.dbt("build", *only_models, "--vars", f"{{as_of: {A_DAY}}}")
    rebuildable.dbt(
        "compile", "--select", "int_scored_days+,path:models/intermediate", "--target-path", "target/backtest"
    )
    manifest = json.loads((rebuildable.path / "target/backtest/manifest.json").read_text())
    with duckdb.connect() as connection:
        connection.execute(f"attach '{rebuildable.database}' as late_payments (read_only)")
        connection.execute(f"create schema {SCHEMA}")
        replay(connection, manifest, [A_DAY])
        for name in OF_SCORED_DAYS:
            built = f"(from late_payments.intermediate_asof_{A_DAY:%Y%m%d}.{name} where scored_day = date '{A_DAY}')"
            replayed = f"(from {SCHEMA}.{name})"
            ((rows, differences),) = connection.execute(
                f"select (select count(*) from {built}), (select count(*) from"
                f" ((from {built} except from {replayed}) union all (from {replayed} except from {built})))"
            ).fetchall()
            assert rows and not differences, f"{name}: {differences} of {rows} rows differ"
    by_live, then = (fitted(rebuildable, manifest, suffix) for suffix in ("", f"_asof_{A_DAY:%Y%m%d}"))
    assert len(then) > 300 and by_live == then, "the fitted models know what came later"


@needs_real_extracts
def test_the_documented_backtest_is_that_of_the_real_extracts(built_from_real: Project, tmp_path: Path) -> None:
    measured = tables(Project.like(built_from_real, tmp_path / "project").make("backtest"))
    documented = tables((ROOT / "docs/call-list.md").read_text(encoding="utf-8"))
    assert len(measured) == len(documented) == 4
    for ours, theirs in zip(documented, measured, strict=True):
        assert [row[0] for row in ours] == [row[0] for row in theirs]
        for row, other in zip(ours, theirs, strict=True):
            for cell, measure in zip(row[1:], other[1:], strict=True):
                # Per cents have one digit, shares three or four.
                assert numbers(cell) == pytest.approx(numbers(measure), rel=0.02, abs=0.002)
