"""Values that would move everything, or that a later system cannot hold, and the gate that they must not pass."""

import json
import shutil
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest
from conftest import DBT, ROOT, TABLES, Project
from scenarios import appended, cell, renamed_and_repriced, repeated, then, without_lines_of_invoice_1

LANDED = ("--vars", "raw: landed")

LAST = date(2021, 5, 12)


def on(*days: int, since: date = LAST) -> list[date]:
    return [since + timedelta(days=day) for day in days]


# What is delivered up to LAST: a year of trade, every day.
A_YEAR = on(*range(-365, 1))


@pytest.fixture
def staging(built: Project) -> Iterator[duckdb.DuckDBPyConnection]:
    """Empty tables under the names that the compiled tests of staging read."""
    with duckdb.connect() as connection:
        connection.execute(f"attach ':memory:' as {built.database.stem}; use {built.database.stem}")
        connection.execute("""
            create schema staging;
            create table staging.stg_trs__accounts (account_id bigint, joining_date date);
            create table staging.stg_trs__invoices (invoice_id bigint, date_issued date, date_paid date);
            create table staging.stg_trs__invoice_line_items (invoice_id bigint, item_id varchar, quantity integer);
            create table staging.stg_trs__skus (
                item_id varchar, item_cost_price decimal(18, 2), item_retail_price decimal(18, 2)
            )
        """)
        yield connection


def failures(built: Project, staging: duckdb.DuckDBPyConnection, test: str) -> list[tuple]:
    """What a test of staging finds in the tables, by the SQL that dbt has compiled for the built project."""
    (compiled,) = (built.path / "target/compiled").rglob(f"{test}.sql")
    return staging.execute(compiled.read_text()).fetchall()


def refused_days(
    built: Project,
    staging: duckdb.DuckDBPyConnection,
    issued: Iterable[date],
    paid: Iterable[date] = (),
    joined: Iterable[date] = (),
) -> set[date]:
    staging.executemany("insert into staging.stg_trs__invoices values (1, ?, null)", [[day] for day in issued])
    for day in paid:
        staging.execute("insert into staging.stg_trs__invoices values (2, ?, ?)", [LAST - timedelta(days=300), day])
    for day in joined:
        staging.execute("insert into staging.stg_trs__accounts values (3, ?)", [day])
    return {row[3] for row in failures(built, staging, "assert_no_date_far_in_the_future")}


@pytest.mark.parametrize(
    ("days", "refused"),
    {
        "a month of rest": (on(31), []),
        "a day more": (on(32), on(32)),
        "the same slip three times": (on(192) * 3, on(192)),
        "slips on neighbouring days": (on(192, 193, 195), on(192, 193, 195)),
        "slips in several months": (on(40, 90, 365), on(40, 90, 365)),
        "31 days of trade after a rest": (on(*range(32, 63)), on(*range(32, 63))),
        "32 days of trade after a rest": (on(*range(32, 64)), []),
        "a slip after a rest that was real": (on(*range(40, 90), 200), on(200)),
    }.values(),
)
@pytest.mark.parametrize("what", ["issued", "paid"])
def test_days_after_a_rest(
    built: Project, staging: duckdb.DuckDBPyConnection, what: str, days: list[date], refused: list[date]
) -> None:
    if what == "issued":
        found = refused_days(built, staging, A_YEAR + days)
    else:
        found = refused_days(built, staging, A_YEAR, paid=days)
    assert found == set(refused)


@pytest.mark.parametrize(("joined", "refused"), [(on(31), []), (on(32), on(32)), (on(-30_000), [])])
def test_days_of_joining(
    built: Project, staging: duckdb.DuckDBPyConnection, joined: list[date], refused: list[date]
) -> None:
    assert refused_days(built, staging, A_YEAR, joined=joined) == set(refused)


def test_an_account_does_not_bridge_a_rest(built: Project, staging: duckdb.DuckDBPyConnection) -> None:
    assert refused_days(built, staging, A_YEAR + on(50), joined=on(25)) == set(on(50))


LIMIT = "9999999999999999.99"


@pytest.mark.parametrize(
    ("lines", "refused"),
    [
        ([(1, "dear", 1)], []),
        ([(1, "dear", 1), (2, "cent", 1)], ["dear"]),
        ([(1, "cent", 1), (2, "dear", 2_147_483_647)], ["dear"]),
        ([(1, "costly", 1), (1, "cent", 1)], ["costly"]),
    ],
)
def test_amounts_that_do_not_fit(
    built: Project, staging: duckdb.DuckDBPyConnection, lines: list[tuple], refused: list[str]
) -> None:
    staging.execute(
        f"insert into staging.stg_trs__skus values ('dear', 0, {LIMIT}), ('costly', {LIMIT}, 0), ('cent', 0.01, 0.01)"
    )
    staging.executemany("insert into staging.stg_trs__invoice_line_items values (?, ?, ?)", lines)
    assert [row[0] for row in failures(built, staging, "assert_amounts_fit")] == refused


def manifest(built: Project) -> dict:
    return json.loads((built.path / "target/manifest.json").read_text())


def test_nothing_gets_around_the_gate(built: Project) -> None:
    """All that comes after staging waits for int_as_of, and int_as_of for every data test of staging."""
    nodes = manifest(built)["nodes"]

    def before(name: str) -> set[str]:
        parents = {parent for parent in nodes[name]["depends_on"].get("nodes", []) if parent in nodes}
        return parents.union(*map(before, parents))

    gate = "model.late_payments.int_as_of"
    for name, node in nodes.items():
        if node["resource_type"] in ("model", "snapshot") and "staging" not in node["fqn"] and name != gate:
            assert gate in before(name), f"{name} does not wait"
    tests = [node for node in nodes.values() if node["resource_type"] == "test" and "staging" in node["fqn"]]
    waits_for = before(gate)
    for test in tests:
        parents = {parent for parent in test["depends_on"]["nodes"] if parent in nodes}
        # These come after the four tables; their tests stop the branch list and the hours.
        apart = {"model.late_payments.stg_trs__account_contacts", "model.late_payments.stg_stream__invoice_arrivals"}
        assert parents <= waits_for | apart, test["name"]
    assert {path.stem for path in (ROOT / "tests/staging").glob("*.sql")} <= {test["name"] for test in tests}


@pytest.fixture
def delivery(landed: Project, tmp_path: Path) -> tuple[Project, Path]:
    """A project with landed marts, and a delivery that would show in them and in the history."""
    project = Project.like(landed, tmp_path / "project")
    extracts = tmp_path / "delivery"
    shutil.copytree(landed.path / "extracts", extracts)
    renamed_and_repriced(extracts)
    return project, extracts


THREE_FAULTS = {
    "a rejected row, an orphan and a duplicate": (
        then(
            cell("accounts", "joining_date", "30/02/2018"),
            cell("invoices", "account_id", "4711", 3_000),
            repeated("skus", item_retail_price="0.01"),
        ),
        (
            "raw_table = accounts, reject_reason = joining_date is not a date written YYYY-MM-DD, row_count = 1,"
            " one_of_the_keys = 1",
            "from_field = 4711, row_count = 1, partner_was_rejected = no",
            # Children of the rejected row.
            "partner_was_rejected = yes",
            "unique_field = 0-30-424877-0, n_records = 2",
        ),
    ),
    "a day far ahead, an invoice without lines and a line without an invoice": (
        then(
            cell("invoices", "payment_dates", "2021-11-20", 7),
            without_lines_of_invoice_1,
            appended("invoice_line_items", ["471100", "0-30-424877-0", "1"]),
        ),
        (
            "delivered_id = 7, column_name = payment_dates, delivered_day = 2021-11-20",
            "Invoices without line items have no total",
            "from_field = 471100, row_count = 1, partner_was_rejected = no",
        ),
    ),
}


@pytest.mark.parametrize("faults", THREE_FAULTS)
@pytest.mark.parametrize("command", ["check", "build"])
def test_one_run_names_three_faults(delivery: tuple[Project, Path], command: str, faults: str) -> None:
    project, extracts = delivery
    damage, says = THREE_FAULTS[faults]
    damage(extracts)
    before = project.state()
    output = project.make(command, f"EXTRACTS={extracts}", ok=False)
    for words in says:
        assert words in output
    assert {**project.state(), "raw": before["raw"]} == before


def test_a_good_delivery_passes_the_check(delivery: tuple[Project, Path]) -> None:
    project, extracts = delivery
    before = project.state()
    assert "The four tables can be built" in project.make("check", f"EXTRACTS={extracts}")
    assert {**project.state(), "raw": before["raw"]} == before


@pytest.mark.parametrize("table", TABLES)
def test_a_fault_in_any_table_stops_at_the_gate(delivery: tuple[Project, Path], table: str) -> None:
    project, extracts = delivery
    repeated(table)(extracts)
    before = project.state()
    project.make("build", f"EXTRACTS={extracts}", ok=False)
    assert {**project.state(), "raw": before["raw"]} == before


def schemas(project: Project) -> set[str]:
    return {
        name
        for (name,) in project.query(
            "select schema_name from information_schema.schemata where catalog_name = current_database()"
        )
    }


def test_an_as_of_of_which_nothing_is_known(rebuildable: Project) -> None:
    first, last = rebuildable.query("select min(date_issued), max(as_of) from finance.fct_invoices")[0]
    latest = last + timedelta(days=31)
    before = schemas(rebuildable)
    for as_of in (first - timedelta(days=1), latest + timedelta(days=1), date(2031, 1, 1)):
        output = rebuildable.make("build", f"AS_OF={as_of}", ok=False)
        assert f"The var as_of may be any day from {first} to {latest}, not {as_of}" in output
        assert schemas(rebuildable) == before
    for as_of in (first, latest):
        rebuildable.dbt("run", "--select", "base_trs__invoices", "--vars", f"{{as_of: {as_of}}}")


def test_an_as_of_of_which_landed_data_know_nothing(landed: Project, tmp_path: Path) -> None:
    project = Project.like(landed, tmp_path / "project")
    latest = project.query("select max(as_of) from finance.fct_invoices")[0][0] + timedelta(days=31)
    before, state = schemas(project), project.state()
    output = project.make("build", "RAW=landed", f"AS_OF={latest + timedelta(days=1)}", ok=False)
    assert f"to {latest}, not" in output
    assert schemas(project) == before
    assert project.state() == state


def test_an_as_of_is_refused_before_there_is_anything(project: Project) -> None:
    output = project.make("build", "AS_OF=2031-01-01", ok=False)
    assert "The var as_of may be any day from" in output
    assert not project.query("select 1 from information_schema.tables where table_schema <> 'audit'")


def test_stale_data_are_told(landed: Project, tmp_path: Path) -> None:
    project = Project.like(landed, tmp_path / "project")
    old = project.dbt("test", "--select", "assert_as_of_is_near_the_landing", *LANDED)
    assert "WARNING assert_as_of_is_near_the_landing, 1 row" in old
    for days, ok, word in ((1, True, "PASS"), (2, True, "WARN"), (8, False, "ERROR STALE")):
        with duckdb.connect(project.database) as connection:
            connection.execute(
                "update audit.run_events set happened_at = cast(now() at time zone 'UTC' as timestamp) - to_days(?)",
                [days],
            )
        output = project.run(*DBT, "--no-use-colors", "source", "freshness", *LANDED, ok=ok)
        assert output.count(f"{word} freshness of trs.") == 4
