"""Risk, its record by month and expected receipts: every figure against an independent recomputation, and no leak."""

from datetime import date
from pathlib import Path

import pytest
from conftest import REAL_EXTRACTS, Project, needs_real_extracts
from independent_risk import Knowledge, collections_by_month, risk_by_month

# What holds rows of all scored days, those before the day as_of as well.
OF_SCORED_DAYS = (
    "int_account_priorities",
    "int_days_to_pay",
    "int_expected_collections",
    "int_expected_receipts",
    "int_grade_corrections",
    "int_invoice_risk",
    "int_open_invoices",
    "int_payment_curves",
)


def assert_equal(ours: list[tuple], expected: list[tuple]) -> None:
    """All the same, but for the last digits of what is no whole number and no amount."""
    assert len(ours) == len(expected)
    for row, other in zip(ours, expected, strict=True):
        for value, wanted in zip(row, other, strict=True):
            if isinstance(wanted, float):
                assert value == pytest.approx(wanted, rel=0, abs=1e-9), f"{row}\n{other}"
            else:
                assert value == wanted, f"{row}\n{other}"


def assert_risk(project: Project, directory: Path, as_of: date | None = None) -> None:
    suffix = f"_asof_{as_of:%Y%m%d}" if as_of else ""
    knowledge = Knowledge(directory, as_of)
    assert_equal(project.query(f"select * from features{suffix}.open_invoice_risk order by inv_id"), knowledge.risk)
    assert_equal(
        project.query(f"select * from finance{suffix}.expected_collections order by weeks_ahead"),
        knowledge.collections,
    )
    assert_equal(
        project.query(f"select * from features{suffix}.risk_by_month order by month_start"),
        risk_by_month(directory, as_of),
    )
    assert_equal(
        project.query(f"select * from finance{suffix}.collections_by_month order by month_start, weeks_ahead"),
        collections_by_month(directory, as_of),
    )


def leaks_of_scored_days(project: Project, suffix: str) -> list[tuple[str, int]]:
    """Relations, and numbers of rows in which a replay and the full build tell something else about the same day."""
    found, compared = [], 0
    for name in OF_SCORED_DAYS:
        then, now = (f"intermediate{which}.{name}" for which in (suffix, ""))
        common = f"where scored_day in (select scored_day from intermediate{suffix}.int_scored_days)"
        common += " and scored_day in (select scored_day from intermediate.int_scored_days)"
        ((rows,),) = project.query(f"select count(*) from {then} {common}")
        ((differences,),) = project.query(
            f"select count(*) from ((from {then} {common} except from {now}) union all"
            f" (from {now} {common} except from {then}))"
        )
        compared += rows
        if differences:
            found.append((name, differences))
    assert compared
    return found


def test_the_seeds(built: Project) -> None:
    assert len(built.query("from features.open_invoice_risk")) > 300
    assert len(built.query("from features.risk_by_month")) >= 9
    assert_risk(built, built.path / "seeds")


@needs_real_extracts
def test_the_real_extracts(built_from_real: Project) -> None:
    assert_risk(built_from_real, REAL_EXTRACTS)


def test_a_leak_is_found(rebuildable: Project) -> None:
    """Whoever corrects by outcomes of all days knows on the last day of a month what only came after it."""
    rebuildable.replace(
        "models/intermediate/risk/int_grade_corrections.sql",
        "{{ is_recent('outcomes.date_outcome', 'days.scored_day') }}",
        "outcomes.date_outcome is not null",
    )
    only_models = ("--exclude-resource-type", "test", "unit_test", "snapshot")
    rebuildable.dbt("build", *only_models)
    rebuildable.dbt("build", *only_models, "--vars", "{as_of: 2021-04-12}")
    found = {name for name, _ in leaks_of_scored_days(rebuildable, "_asof_20210412")}
    assert found == {"int_grade_corrections", "int_invoice_risk", "int_account_priorities"}
