"""Builds as of past days: every mart against its recomputation, against the full build, and nothing live is touched."""

from datetime import date
from pathlib import Path

import pytest
from conftest import REAL_EXTRACTS, Project, needs_real_extracts
from test_branch import assert_branch
from test_features import assert_features, leaks
from test_finance import assert_finance
from test_risk import assert_risk, leaks_of_scored_days

# Of the seeds, days that differ in kind: the first, when nothing is due yet; the first invoices are overdue; a month, a
# quarter and a year end; there are full years and windows behind.
DAYS = [date(2020, 5, 12), date(2020, 6, 15), date(2020, 12, 31), date(2021, 4, 12)]
# Of the real extracts, whose values and not whose days are others: a day like the last of those, and the last on which
# anything was issued. On the last of all, the plain build's, everything is paid.
DAYS_OF_REAL = [date(2021, 4, 12), date(2021, 5, 12)]


@pytest.fixture(scope="session")
def replayed(built: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    return Project.like(built, tmp_path_factory.mktemp("replayed") / "project")


@pytest.fixture(scope="session")
def replayed_from_real(built_from_real: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    return Project.like(built_from_real, tmp_path_factory.mktemp("replayed_from_real") / "project")


def live(project: Project) -> list[object]:
    marts = ["features.invoice_features", "finance.fct_invoices", "branch.accounts_to_contact"]
    return [project.exported(), *(project.query(f"select * from {mart} order by all") for mart in marts)]


def assert_as_of(project: Project, directory: Path, as_of: date, *arguments: str) -> None:
    before = live(project)
    project.make("build", f"AS_OF={as_of}", *arguments)
    assert_features(project, directory, as_of)
    assert_branch(project, directory, as_of)
    assert_finance(project, directory, as_of)
    assert_risk(project, directory, as_of)
    ((listed,),) = project.query(f"select count(*) from branch_asof_{as_of:%Y%m%d}.accounts_to_contact")
    assert listed > 10 or (as_of, listed) == (DAYS[0], 0)
    assert not leaks(project, f"_asof_{as_of:%Y%m%d}")
    # The first month has not ended on the first of the days.
    if as_of >= date(2020, 5, 31):
        assert not leaks_of_scored_days(project, f"_asof_{as_of:%Y%m%d}")
    assert live(project) == before, "a build as of a past day changed what is live"


@pytest.mark.parametrize("as_of", DAYS, ids=str)
def test_the_seeds(replayed: Project, as_of: date) -> None:
    assert_as_of(replayed, replayed.path / "seeds", as_of)


@needs_real_extracts
@pytest.mark.parametrize("as_of", DAYS_OF_REAL, ids=str)
def test_the_real_extracts(replayed_from_real: Project, as_of: date) -> None:
    assert_as_of(replayed_from_real, REAL_EXTRACTS, as_of, f"EXTRACTS={REAL_EXTRACTS}")
