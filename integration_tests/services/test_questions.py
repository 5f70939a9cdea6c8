"""The queries of docs/for-sql-users.md on PostgreSQL: the same answers as in DuckDB, with zeros and nulls about."""

from collections import Counter
from decimal import Decimal

import pytest
from conftest import Project
from test_finance import QUERIES
from test_publish import Target, live, publish, server, target  # noqa: F401


@pytest.fixture
def nothing_earned(live: Project, target: Target) -> tuple[Project, Target]:  # noqa: F811
    """Published marts with a quarter of one invoice worth 0.00, and a month in which nothing was issued."""
    seeds = live.path / "seeds"
    live.replace("seeds/skus.csv", "item_retail_price\n", "item_retail_price\n0-00-000000-0,Free sample,,0,0\n")
    with open(seeds / "accounts.csv", "a") as file:
        file.write("9001,Gifts Ltd,1 New Road,,,F,2019-01-01\n")
    with open(seeds / "invoices.csv", "a") as file:
        file.write("990001,9001,2020-03-30,\n")
    with open(seeds / "invoice_line_items.csv", "a") as file:
        file.write("990001,0-00-000000-0,3\n")
    live.dbt("build", "--exclude-resource-type", "unit_test")
    publish(live, target)
    return live, target


def comparable(rows: list[tuple]) -> Counter:
    """The rows without their order, decimals and floating-point numbers alike."""
    return Counter(tuple(float(value) if isinstance(value, Decimal) else value for value in row) for row in rows)


def test_postgres_answers_like_duckdb(nothing_earned: tuple[Project, Target]) -> None:
    project, target = nothing_earned  # noqa: F811
    assert project.query("select 1 from finance.monthly_receivables where days_sales_outstanding is null")
    for number, question, sql in QUERIES:
        in_duckdb, in_postgres = project.query(sql), target.query(sql)
        assert in_postgres, question
        assert comparable(in_postgres) == comparable(in_duckdb), f"{number}. {question}"
    assert None in {row[-1] for row in target.query(QUERIES[6][2])}
