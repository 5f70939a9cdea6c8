"""The floor of the benchmark, SQL by hand, makes every mart that the project makes: so ratios compare the same."""

from pathlib import Path

from conftest import Project

from late_payments.bench.__main__ import MARTS, checksum, floor


def test_sql_by_hand_makes_the_same_marts(built: Project, tmp_path: Path) -> None:
    by_hand, types = floor(built.path / "seeds", tmp_path, "everything")
    ours = {mart: {name: kind for name, kind, *_ in built.query(f"describe {mart}")} for mart in MARTS["everything"]}
    assert types == ours
    assert by_hand["checksum"] == checksum({mart: mart for mart in ours}, types, built.database)
    made = built.query(
        "select schema_name || '.' || table_name from duckdb_tables()"
        " where schema_name in ('branch', 'features', 'finance')"
    )
    assert {mart for (mart,) in made} - set(ours) == {"finance.hourly_receivables"}
