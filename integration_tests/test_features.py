"""Every feature of every invoice against an independent recomputation, at several days."""

from datetime import date

import pytest
from conftest import REAL_EXTRACTS, Project, needs_real_extracts
from independent_features import features

DAYS = ["2020-06-15", "2020-12-31", "2021-02-01", "2021-04-12"]


def assert_equal(exported: list[tuple], expected: list[tuple]) -> None:
    assert len(exported) == len(expected)
    different = [(ours, theirs) for ours, theirs in zip(exported, expected, strict=True) if ours != theirs]
    assert not different, f"{len(different)} rows differ, the first (project, independent): {different[0]}"


@pytest.mark.parametrize("as_of", DAYS)
def test_features_of_the_seeds_as_of_a_day(built: Project, as_of: str) -> None:
    before = built.exported()
    built.make("build", f"AS_OF={as_of}")
    suffix = as_of.replace("-", "")
    expected = features(built.path / "seeds", date.fromisoformat(as_of))
    assert_equal(built.exported(f"invoice_features_asof_{suffix}"), expected)
    assert built.query(f"select * from features_asof_{suffix}.invoice_features order by inv_id") == expected
    assert built.exported() == before, "a build as of a past day changed the live export"


def test_features_of_the_seeds(built: Project) -> None:
    expected = features(built.path / "seeds")
    assert_equal(built.exported(), expected)
    assert built.query("select * from features.invoice_features order by inv_id") == expected


@pytest.fixture(scope="module")
def built_from_real(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = Project(tmp_path_factory.mktemp("real") / "project")
    project.build_output = project.make("build", f"EXTRACTS={REAL_EXTRACTS}")
    return project


@needs_real_extracts
def test_features_of_the_real_extracts(built_from_real: Project) -> None:
    exported = built_from_real.exported()
    assert_equal(exported, features(REAL_EXTRACTS))
    assert len(exported) == 9_685
    assert sum(row[-1] for row in exported) == 1_473


@needs_real_extracts
@pytest.mark.parametrize("as_of", DAYS)
def test_features_of_the_real_extracts_as_of_a_day(built_from_real: Project, as_of: str) -> None:
    built_from_real.make("build", f"EXTRACTS={REAL_EXTRACTS}", f"AS_OF={as_of}")
    exported = built_from_real.exported(f"invoice_features_asof_{as_of.replace('-', '')}")
    assert_equal(exported, features(REAL_EXTRACTS, date.fromisoformat(as_of)))
