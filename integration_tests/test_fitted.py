"""The warehouse scores open invoices as the fitted models do: the SQL that orbital writes, against predict_proba."""

import re
import sys

import duckdb
import numpy as np
import pytest
from conftest import ROOT, Project

pytest.importorskip("orbital", reason="needs make .venv/installed-orbital")

from late_payments.fitted import ENGINES, TRAINING, inputs_of, matrix, pipelines

# By file: trees get their leaves in single precision from orbital.
DIFFERENCES = {"logistic_regression": 1e-12, "gradient_boosted_trees": 1e-7}


def expected(project: Project) -> dict[str, dict[int, float]]:
    """By file and invoice: what the pipelines themselves say of what is open."""
    with duckdb.connect(project.database, read_only=True) as connection:
        known = connection.execute(inputs_of(TRAINING, "is_late") + " order by inv_id").fetchnumpy()
        scored = connection.execute(inputs_of("features.scoring_set", "inv_id") + " order by inv_id").fetchnumpy()
    scores = {}
    for file, pipeline in zip(DIFFERENCES, pipelines().values(), strict=True):
        chance = pipeline.fit(matrix(known), known["is_late"]).predict_proba(matrix(scored))[:, 1]
        scores[file] = dict(zip(scored["inv_id"].tolist(), chance.tolist(), strict=True))
    return scores


def test_the_sql_says_what_the_pipelines_say(rebuildable: Project) -> None:
    files = rebuildable.make("fitted", "OUT=fitted").split()
    assert files == [f"fitted/{name}_{engine}.sql" for name in DIFFERENCES for engine in ENGINES]
    ((open_invoices,),) = rebuildable.query("select count(*) from features.scoring_set")
    for name, scores in expected(rebuildable).items():
        in_sql = dict(rebuildable.query((rebuildable.path / f"fitted/{name}_duckdb.sql").read_text()))
        assert len(scores) == open_invoices and scores.keys() == in_sql.keys()
        assert np.ptp(list(scores.values())) > 0.5, "scores of different invoices differ"
        for invoice, score in scores.items():
            assert in_sql[invoice] == pytest.approx(score, rel=0, abs=DIFFERENCES[name])


def test_what_is_not_due_yet_is_not_learnt_from(built: Project) -> None:
    ((not_due,),) = built.query(f"select count(*) from {TRAINING} inner join features.open_invoice_risk using (inv_id)")
    ((learnt, known),) = built.query(
        f"select (select count(*) from {TRAINING}), (select count(*) from features.training_set)"
    )
    assert not_due == 0 and 0 < learnt < known


def test_the_page_shows_how_to_take_another_model(rebuildable: Project) -> None:
    page = (ROOT / "docs/for-scientists.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"^```python\n(.*?)^```$", page, re.M | re.S)
    sql = rebuildable.run(sys.executable, "-c", code)
    scores = rebuildable.query(sql)
    assert len(scores) == len(expected(rebuildable)["logistic_regression"])
    assert all(0 < score < 1 for _, score in scores)
    (after,) = re.findall(r"^```sql\n(with scores as.*?)^```$", page, re.M | re.S)
    rebuildable.run(sys.executable, "-c", code.replace("print(", "open('scores.sql', 'w').write("))
    later = dict(rebuildable.query(after.replace("…", (rebuildable.path / "scores.sql").read_text())))
    assert later.keys() == dict(scores).keys()
    assert all(later[invoice] >= score for invoice, score in scores), "what is still open is not less likely late"
