"""Fitted models as SQL on PostgreSQL: the same scores as in DuckDB."""

import pytest
from conftest import Project
from test_publish import Target, live, publish, server, target  # noqa: F401

pytest.importorskip("orbital", reason="needs make .venv/installed-orbital")


@pytest.mark.parametrize("model", ["logistic_regression", "gradient_boosted_trees"])
def test_postgres_scores_like_duckdb(live: Project, target: Target, model: str) -> None:  # noqa: F811
    publish(live, target)
    live.make("fitted", "OUT=fitted")
    in_duckdb, in_postgres = (
        dict(ask((live.path / f"fitted/{model}_{engine}.sql").read_text()))
        for ask, engine in ((live.query, "duckdb"), (target.query, "postgres"))
    )
    assert len(in_duckdb) > 300
    assert {invoice: float(score) for invoice, score in in_postgres.items()} == pytest.approx(in_duckdb, abs=1e-12)
