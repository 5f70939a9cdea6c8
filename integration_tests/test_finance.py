"""Every row of the finance marts against an independent recomputation, and the queries that finance is told to use."""

import re
from collections import Counter, defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from conftest import REAL_EXTRACTS, ROOT, Project, needs_real_extracts
from independent_features import day, read
from independent_finance import (
    chosen_day,
    daily_receivables,
    fct_invoice_line_items,
    fct_invoices,
    monthly_receivables,
    receivables_ageing,
    receivables_ageing_by_month,
    receivables_ageing_total,
)
from test_features import assert_equal

PAGE = (ROOT / "docs/for-sql-users.md").read_text()
QUERIES = re.findall(r"^### (\d+)\. (.+?)\n\n```sql\n(.+?);\n```", PAGE, re.M | re.S)


def rounded(months: list[tuple]) -> list[tuple]:
    """The ratios to nine decimals: the mart has them as floating-point numbers."""
    return [
        tuple(
            round(float(value), 9) if index in (12, 13, 14, 15, 18) and value is not None else value
            for index, value in enumerate(month)
        )
        for month in months
    ]


def assert_finance(project: Project, directory: Path, as_of: date | None = None) -> None:
    schema = "finance" + (f"_asof_{as_of:%Y%m%d}" if as_of else "")

    def mart(name: str, order_by: str) -> list[tuple]:
        return project.query(f"select * from {schema}.{name} order by {order_by}")

    assert_equal(mart("fct_invoices", "invoice_id"), fct_invoices(directory, as_of))
    assert_equal(mart("fct_invoice_line_items", "invoice_id, item_id"), fct_invoice_line_items(directory, as_of))
    assert_equal(mart("receivables_ageing", "account_id"), receivables_ageing(directory, as_of))
    assert_equal(mart("receivables_ageing_total", "as_of"), [receivables_ageing_total(directory, as_of)])
    assert_equal(mart("receivables_ageing_by_month", "month_start"), receivables_ageing_by_month(directory, as_of))
    assert_equal(mart("daily_receivables", "date_day, risk_grade"), daily_receivables(directory, as_of))
    # Of extracts nobody knows the hours.
    assert mart("hourly_receivables", "hour_start") == []
    assert_equal(rounded(mart("monthly_receivables", "month_start")), rounded(monthly_receivables(directory, as_of)))

    today = chosen_day(directory, as_of)
    accounts = [
        (int(row["account_id"]), row["company_name"], day(row["joining_date"])) for row in read(directory, "accounts")
    ]
    assert_equal(mart("dim_accounts", "account_id"), sorted(row for row in accounts if row[2] <= today))
    skus = [
        (
            *(row["item_id"], row["item_name"], row["item_description"] or None),
            *(Decimal(row["item_cost_price"]), Decimal(row["item_retail_price"])),
        )
        for row in read(directory, "skus")
    ]
    assert_equal(mart("dim_skus", "item_id"), sorted(skus))


def test_the_seeds(built: Project) -> None:
    assert_finance(built, built.path / "seeds")


@needs_real_extracts
def test_the_real_extracts(built_from_real: Project) -> None:
    assert_finance(built_from_real, REAL_EXTRACTS)


def test_the_calendar_has_every_day_of_whole_years(built: Project) -> None:
    days = built.query("select * from finance.dim_date order by date_day")
    assert [row[0] for row in days] == [
        date.fromordinal(number) for number in range(date(2020, 1, 1).toordinal(), date(2022, 1, 1).toordinal())
    ]
    for date_day, month_start, month_end, year, quarter, month, weekday, name in days:
        assert (year, month, quarter) == (date_day.year, date_day.month, (date_day.month + 2) // 3)
        assert month_start == date_day.replace(day=1) and (month_end.year, month_end.month) == (year, month)
        assert date.fromordinal(month_end.toordinal() + 1).day == 1
        assert (weekday, name) == (date_day.isoweekday(), date_day.strftime("%A"))


def test_a_rise_of_the_cost_price_leaves_old_margins(rebuildable: Project) -> None:
    before = dict(rebuildable.query("select invoice_id, margin from finance.fct_invoices"))
    sku = read(rebuildable.path / "seeds", "skus")[0]
    old, new = sku["item_cost_price"], str(Decimal(sku["item_cost_price"]) + 1)
    rebuildable.replace("seeds/skus.csv", f",{old},", f",{new},")
    last = max(before) + 1
    with open(rebuildable.path / "seeds/invoices.csv", "a") as file:
        file.write(f"{last},1,2021-05-29,\n")
    with open(rebuildable.path / "seeds/invoice_line_items.csv", "a") as file:
        file.write(f"{last},{sku['item_id']},3\n")
    rebuildable.dbt("build")
    after = dict(rebuildable.query("select invoice_id, margin from finance.fct_invoices"))
    assert after.pop(last) == 3 * (Decimal(sku["item_retail_price"]) - Decimal(new))
    assert after == before
    assert rebuildable.query(f"select item_cost_price from finance.dim_skus where item_id = '{sku['item_id']}'") == [
        (Decimal(new),)
    ]


def test_there_are_eleven_questions() -> None:
    assert [int(number) for number, _, _ in QUERIES] == list(range(1, 12))
    assert PAGE.count("```sql") == 11


@pytest.mark.parametrize(("number", "question", "sql"), QUERIES, ids=lambda value: str(value)[:40].split("\n")[0])
def test_a_question_has_an_answer(built: Project, number: str, question: str, sql: str) -> None:
    assert built.query(sql), question


def answers(project: Project, number: int) -> list[tuple]:
    return project.query(QUERIES[number - 1][2])


def test_the_answers_are_right(built: Project) -> None:
    seeds = built.path / "seeds"
    invoices = fct_invoices(seeds)
    names = {int(row["account_id"]): row["company_name"] for row in read(seeds, "accounts")}
    overdue = [row for row in invoices if row[5] == "overdue"]

    (total,) = answers(built, 1)
    assert total[1] == sum(row[8] for row in invoices if not row[4])
    assert total[2] == sum(row[8] for row in overdue)
    assert sum(total[3:]) == total[1]

    by_account = defaultdict(list)
    for row in overdue:
        by_account[row[1]].append(row[8])
    most = sorted(by_account.items(), key=lambda item: (-sum(item[1]), item[0]))[:10]
    assert answers(built, 2) == [(names[account], sum(found), len(found)) for account, found in most]

    assert answers(built, 3) == [
        (row[0], names[row[1]], row[3], row[7], row[8])
        for row in sorted(overdue, key=lambda row: (-row[7], row[0]))
        if row[7] > 90
    ]

    months = monthly_receivables(seeds)
    assert [tuple(map(float, row[2:])) for row in answers(built, 4)] == [
        tuple(round(float(month[index]), 1) for index in (12, 14, 15)) for month in months
    ]
    assert {row[-1] for row in answers(built, 5)} == {0}

    due = Counter(row[3] for row in invoices if row[5] == "open")
    assert [row[:2] for row in answers(built, 6)] == sorted(due.items())

    quarters = defaultdict(list)
    for row in invoices:
        quarters[row[2].year, (row[2].month + 2) // 3].append(row)
    assert [row[:5] for row in answers(built, 7)] == [
        (*quarter, len(found), sum(row[8] for row in found), sum(row[10] for row in found))
        for quarter, found in sorted(quarters.items())
    ]

    by_sku = defaultdict(Decimal)
    for row in fct_invoice_line_items(seeds):
        by_sku[row[1]] += row[9]
    best = sorted(by_sku.items(), key=lambda item: (-item[1], item[0]))[:10]
    assert [(row[0], row[-1]) for row in answers(built, 8)] == best

    assert sum(row[1] for row in answers(built, 10)) == sum(row[4] is not None for row in invoices)


def test_the_worked_example_is_the_one_that_is_tested() -> None:
    unit_test = (ROOT / "models/marts/finance/_finance__unit_tests.yml").read_text()
    opening, issued, closing, overdue, days = 100_000, 150_000, 120_000, 30_000, 30
    given = f"days_counted: {days}, amount_opening: {opening}, amount_issued: {issued}, amount_closing: {closing}"
    assert f"{given}, amount_overdue: {overdue}, invoices_due: 8, invoices_due_late: 2" in unit_test
    current = closing - overdue
    for result in (
        f"**{closing / issued * days:.1f} days**",
        f"**{current / issued * days:.1f} days**",
        f"**{overdue / issued * days:.1f} days**",
        f"**{(opening + issued - closing) / (opening + issued - current) * 100:.2f}**",
    ):
        assert result in PAGE
