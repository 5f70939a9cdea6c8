"""The evaluation runs on the seeds, learns from nothing it should not know, and says what docs/evaluation.md says."""

import re
from datetime import date
from pathlib import Path

import pytest
from conftest import REAL_EXTRACTS, ROOT, Project, needs_real_extracts
from independent_features import features

pytest.importorskip("sklearn", reason="needs make .venv/installed-evaluate")

CUT_OFF = date(2021, 2, 1)


def rows(text: str) -> list[list[str]]:
    return [
        line.strip("| ").split(" | ") for line in text.splitlines() if re.match(r"\| (logistic|gradient|closed)", line)
    ]


def assert_learns_from_what_was_known(output: str, extracts: Path) -> None:
    then, now = features(extracts, CUT_OFF), features(extracts)
    learned = [row for row in then if row[-1] is not None]
    scored = [row for row in now if row[-1] is not None and row[0] not in {row[0] for row in then}]
    late = [sum(row[-1] for row in part) / len(part) for part in (learned, scored)]
    assert (
        f"Cut-off 2021-02-01: {len(learned):,} invoices to learn from ({late[0]:.1%} late),"
        f" {len(scored):,} issued later to score ({late[1]:.1%} late)."
    ) in output


def test_the_evaluation_runs_on_the_seeds(rebuildable: Project) -> None:
    output = rebuildable.make("evaluate", "OUT=evaluated")
    assert_learns_from_what_was_known(output, rebuildable.path / "seeds")
    assert (rebuildable.path / "evaluated/evaluation.png").read_bytes().startswith(b"\x89PNG")
    scores = {(model, name): float(auc) for model, name, auc, *rest in rows(output) if len(rest) == 4}
    for model in ("logistic regression", "gradient-boosted trees"):
        assert scores[model, "the eight alone"] < scores[model, "with the payment history"] < 1
    groups = {row[2] for row in rows(output) if len(row) == 8}
    assert groups == {"F", "M"}


def test_a_cut_off_with_nothing_to_score_is_refused(rebuildable: Project) -> None:
    assert "there is nothing to score" in rebuildable.make("evaluate", "CUT_OFF=2021-05-28", ok=False)


@needs_real_extracts
def test_the_documented_scores_are_those_of_the_real_extracts(project: Project) -> None:
    output = project.make("evaluate", f"EXTRACTS={REAL_EXTRACTS}")
    assert_learns_from_what_was_known(output, REAL_EXTRACTS)
    documented = rows((ROOT / "docs/evaluation.md").read_text(encoding="utf-8"))
    measured = rows(output)
    assert len(documented) == len(measured) == 27
    for ours, theirs in zip(documented, measured, strict=True):
        for number, other in zip(ours, theirs, strict=True):
            if re.fullmatch(r"[0-9.]+", number):
                # Other processors add up in another order.
                assert float(number) == pytest.approx(float(other), abs=0.005)
            else:
                assert number == other
