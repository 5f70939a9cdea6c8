"""dbt takes a semantic layer that it does not understand without a word, so a test looks whether it is there."""

import csv
import json
from datetime import date

import pytest
from conftest import BIN, Project

METRICS = [
    "collected_amount",
    "invoices",
    "invoices_due",
    "issued_amount",
    "late_invoices",
    "late_share",
    "margin",
    "open_amount",
    "overdue_amount",
]


def test_there_are_nine_metrics(built: Project) -> None:
    manifest = json.loads((built.path / "target/semantic_manifest.json").read_text())
    assert sorted(metric["name"] for metric in manifest["metrics"]) == METRICS
    assert {model["name"] for model in manifest["semantic_models"]} == {
        *("invoices", "invoice_line_items", "accounts", "skus")
    }


def test_metrics_are_what_the_marts_say(rebuildable: Project) -> None:
    pytest.importorskip("dbt_metricflow", reason="needs make .venv/installed-metrics")
    query = ("--metrics", "issued_amount,late_share,overdue_amount,margin", "--group-by", "metric_time__month")
    rebuildable.run(BIN / "mf", "query", *query, "--csv", "metrics.csv")
    with open(rebuildable.path / "metrics.csv", newline="") as file:
        rows = {date.fromisoformat(row["metric_time__month"][:10]): row for row in csv.DictReader(file)}
    months = rebuildable.query("select month_start, amount_issued, late_share from finance.monthly_receivables")
    assert {month for month, *_ in months} <= set(rows)
    for month, issued, late_share in months:
        assert float(rows[month]["issued_amount"]) == pytest.approx(float(issued), abs=0.005)
        assert late_share is None or float(rows[month]["late_share"]) == pytest.approx(late_share, abs=1e-9)
    sums = {name: sum(float(row[name] or 0) for row in rows.values()) for name in ("overdue_amount", "margin")}
    ((overdue,),) = rebuildable.query("select amount_open - amount_current from finance.receivables_ageing_total")
    ((margin,),) = rebuildable.query("select sum(margin) from finance.fct_invoices")
    assert sums == pytest.approx({"overdue_amount": float(overdue), "margin": float(margin)}, abs=0.05)
