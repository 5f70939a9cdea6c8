"""What the warehouse held on past days: kept as it was, never from damaged extracts, and found again by day."""

import shutil
import sys
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
import simulation
from conftest import REAL_EXTRACTS, ROOT, Project
from independent_features import features

FIRST_DAY, DAYS = date(2021, 1, 10), 30


@pytest.fixture
def project(landed: Project, tmp_path: Path) -> Project:
    return Project.like(landed, tmp_path / "project")


def build(project: Project, *change: Callable[[simulation.Tables], None], day: str | None = None) -> None:
    """Builds from the extracts after some changes; the run is then dated to a day."""
    tables = simulation.read(project.path / "extracts")
    for each in change:
        each(tables)
    simulation.write(project.path / "extracts", tables)
    project.make("land", "EXTRACTS=extracts")
    project.dbt("build", "--vars", "raw: landed")
    if day:
        date_back(project, day)


def date_back(project: Project, day: str) -> None:
    with duckdb.connect(project.database) as connection:
        simulation.date_back(connection, date.fromisoformat(day))


def totals(project: Project, schema: str = "features") -> dict[int, Decimal]:
    return dict(project.query(f"select inv_id, inv_total from {schema}.invoice_features"))


def error(project: Project, sql: str) -> str:
    with pytest.raises(duckdb.Error) as caught:
        project.query(sql)
    return str(caught.value)


def test_thirty_nights(tmp_path: Path) -> None:
    """Nightly runs, without one of them, with changes that the dates in the data do not show."""
    project = Project(tmp_path / "project")
    source = REAL_EXTRACTS if REAL_EXTRACTS.is_dir() else ROOT / "seeds"
    project.run(sys.executable, "integration_tests/simulation.py", source, FIRST_DAY.isoformat(), str(DAYS))
    assert_versions_equal_full_copies(project)
    assert_changes_between_two_days(project)
    assert_extracts_have_a_history(project)
    assert_pruning_keeps_month_ends_and_the_last_days(project)


def copied_on(project: Project, day: date) -> set[tuple]:
    """The full copy of the last run up to a day."""
    with duckdb.connect(project.path / simulation.COPIES, read_only=True) as connection:
        return set(
            connection.execute(
                "select * exclude (copied_on) from invoice_features where copied_on ="
                " (select max(copied_on) from invoice_features where copied_on <= ?)",
                [day],
            ).fetchall()
        )


def assert_versions_equal_full_copies(project: Project) -> None:
    for number in range(DAYS):
        day = FIRST_DAY + timedelta(days=number)
        rows = project.query(f"select * from history.invoice_features_as_of('{day}')")
        assert len(rows) == len(set(rows)) > 0
        assert set(rows) == copied_on(project, day), day


def assert_changes_between_two_days(project: Project) -> None:
    columns = ["acct_id", "inv_total", "inv_items", "acct_age", "num_inv_120d", "cum_tot_inv_acct", "is_late"]
    first, last = FIRST_DAY + timedelta(days=11), FIRST_DAY + timedelta(days=19)
    old = {row[0]: row[1:] for row in copied_on(project, first)}
    new = {row[0]: row[1:] for row in copied_on(project, last)}

    def text(value: object) -> str | None:
        return None if value is None else str(value)

    expected = set()
    for invoice in old.keys() | new.keys():
        change = "changed" if invoice in old and invoice in new else "added" if invoice in new else "removed"
        nothing = [None] * len(columns)
        for column, before, after in zip(columns, old.get(invoice, nothing), new.get(invoice, nothing), strict=True):
            if before != after:
                expected.add((invoice, change, column, text(before), text(after)))
    rows = project.query(f"select * from history.invoice_features_changes('{first}', '{last}')")
    assert len(rows) == len(expected)
    assert set(rows) == expected
    assert {change for _, change, *_ in rows} == {"added", "changed"}
    # A day later the first invoice has gone, and comes back.
    gone, back = FIRST_DAY + timedelta(days=12), FIRST_DAY + timedelta(days=15)
    invoice = int(simulation.read(project.path / "simulated")["invoices"][0]["invoice_id"])
    assert (invoice, "removed") in set(
        project.query(f"select inv_id, change from history.invoice_features_changes('{first}', '{gone}')")
    )
    assert (invoice, "added") in set(
        project.query(f"select inv_id, change from history.invoice_features_changes('{gone}', '{back}')")
    )


def assert_extracts_have_a_history(project: Project) -> None:
    def day(number: int) -> str:
        return f"{FIRST_DAY + timedelta(days=number)} 23:00:00"

    last = simulation.read(project.path / "simulated")
    sku, account, invoice = last["skus"][0], last["accounts"][0], last["invoices"][0]
    prices = project.query(
        "select item_retail_price, cast(dbt_valid_from as varchar) from history.skus_history"
        f" where item_id = '{sku['item_id']}' order by dbt_valid_from"
    )
    now = Decimal(sku["item_retail_price"])
    assert prices == [(now - 10, day(0)), (now, day(5)), (now + 10, day(20)), (now, day(22))]
    joined = project.query(
        "select cast(joining_date as varchar), cast(dbt_valid_from as varchar) from history.accounts_history"
        f" where account_id = {account['account_id']} order by dbt_valid_from"
    )
    assert [valid_from for _, valid_from in joined] == [day(0), day(18)]
    assert joined[-1][0] == account["joining_date"]
    deleted = project.query(
        "select dbt_is_deleted, cast(dbt_valid_from as varchar) from history.invoices_history"
        f" where invoice_id = {invoice['invoice_id']} order by dbt_valid_from"
    )
    assert deleted == [("False", day(0)), ("True", day(12)), ("False", day(15))]


def prune(project: Project, arguments: str, ok: bool = True) -> str:
    return project.dbt("run-operation", "prune_history", "--args", arguments, "--vars", "raw: landed", ok=ok)


def assert_pruning_keeps_month_ends_and_the_last_days(project: Project) -> None:
    days = [FIRST_DAY + timedelta(days=number) for number in range(DAYS)]
    before = {day: copied_on(project, day) for day in days}
    versions = project.query("select * from history.invoice_features_history order by all")

    dry = prune(project, "{keep_days: 5}")
    assert "Before 2021-02-03" in dry and "Dry run, nothing was deleted" in dry
    assert project.query("select * from history.invoice_features_history order by all") == versions

    prune(project, "{keep_days: 5, dry_run: false}")
    kept = project.query("select * from history.invoice_features_history order by all")
    assert set(kept) < set(versions)
    assert {row for row in versions if row[-2].year == 9999} <= set(kept)
    ((deleted,),) = project.query("select versions from history.prunings")
    assert deleted == len(versions) - len(kept)
    for day in days:
        as_of = f"select * from history.invoice_features_as_of('{day}')"
        if day == date(2021, 1, 31) or day >= date(2021, 2, 3):
            assert set(project.query(as_of)) == before[day]
        else:
            month_end = "2021-01-31" if day.month == 1 else "2021-02-28"
            assert f"not {day}, but {month_end}" in error(project, as_of)

    again = prune(project, "{keep_days: 5, dry_run: false}")
    assert " 0 of " in again
    assert project.query("select * from history.invoice_features_history order by all") == kept


def test_old_totals_stay_when_prices_rise(project: Project) -> None:
    """The price list of the day of issue holds, whatever the order of builds and replays."""
    before = totals(project)
    tables = simulation.read(project.path / "extracts")
    sku = tables["skus"][0]
    item, old_price = sku["item_id"], Decimal(sku["item_retail_price"])
    new_price = old_price + 100

    def rise(tables: simulation.Tables) -> None:
        tables["skus"][0]["item_retail_price"] = str(new_price)

    def sale(invoice: int, day: str) -> Callable[[simulation.Tables], None]:
        def add(tables: simulation.Tables) -> None:
            account = tables["invoices"][0]["account_id"]
            tables["invoices"].append(
                {"invoice_id": str(invoice), "account_id": account, "date_issued": day, "payment_dates": ""}
            )
            tables["invoice_line_items"].append({"invoice_id": str(invoice), "item_id": item, "quantity": "2"})

        return add

    # The extracts reach no further than yesterday's: those invoices have been priced already.
    build(project, rise)
    assert totals(project) == before
    build(project, sale(900_001, "2021-05-28"), sale(900_002, "2021-05-29"), sale(900_003, "2021-06-29"))
    expected = before | {900_001: 2 * old_price, 900_002: 2 * new_price, 900_003: 2 * new_price}
    assert totals(project) == expected

    project.make("build", "EXTRACTS=extracts", "AS_OF=2021-05-29")
    assert totals(project, "features_asof_20210529") == {
        invoice: total for invoice, total in expected.items() if invoice != 900_003
    }


def test_a_replay_prices_a_sku_that_no_live_build_has_seen(project: Project) -> None:
    tables = simulation.read(project.path / "extracts")
    new = tables["skus"][0] | {"item_id": "0-000-00000-0", "item_retail_price": "7.00"}
    tables["skus"].append(new)
    first = tables["invoices"][0]
    tables["invoice_line_items"].append({"invoice_id": first["invoice_id"], "item_id": new["item_id"], "quantity": "3"})
    simulation.write(project.path / "extracts", tables)
    project.make("build", "EXTRACTS=extracts", f"AS_OF={first['date_issued']}")
    exported = project.exported(f"invoice_features_asof_{first['date_issued'].replace('-', '')}")
    assert exported == features(project.path / "extracts", date.fromisoformat(first["date_issued"]))


def test_a_day_that_was_not_kept_is_refused(project: Project) -> None:
    date_back(project, "2021-06-10")
    as_of = "select count(*) from history.invoice_features_as_of({})"
    assert "The history begins on 2021-06-10: what was in the warehouse on 2021-06-09 was not kept" in error(
        project, as_of.format("'2021-06-09'")
    )
    assert "needs a day, not null" in error(project, as_of.format("null"))
    assert "The history begins on 2021-06-10" in error(
        project, "select * from history.invoice_features_changes('2021-06-01', '2021-06-10')"
    )
    assert project.query(as_of.format("'2021-06-10'")) == project.query(as_of.format("date '2021-06-11'"))


def test_the_functions_work_without_dbt_in_a_copy_of_the_file(project: Project, tmp_path: Path) -> None:
    shutil.copy(project.database, tmp_path / "copy.duckdb")
    today = "history.invoice_features_as_of(current_date)"
    with duckdb.connect(tmp_path / "copy.duckdb", read_only=True) as connection:
        connection.execute("set timezone = 'UTC'")
        assert connection.execute(f"from {today} order by inv_id").fetchall() == project.exported()


def test_the_macros_write_the_same_for_sql_in_the_project(project: Project) -> None:
    date_back(project, "2021-06-10")
    build(project, simulation.corrected_quantity, day="2021-06-12")
    (project.path / "analyses/compared.sql").write_text(
        "select new.inv_items - old.inv_items as more"
        " from {{ invoice_features_as_of('2021-06-11') }} as old"
        " inner join {{ invoice_features_as_of('2021-06-12') }} as new using (inv_id) where more <> 0"
    )
    (project.path / "analyses/changed.sql").write_text(
        "select column_name, old_value, new_value from {{ invoice_features_changes('2021-06-10', '2021-06-12') }}"
        " order by column_name"
    )
    more = project.dbt("--quiet", "show", "--select", "compared", "--output", "json", "--vars", "raw: landed")
    changed = project.dbt("--quiet", "show", "--select", "changed", "--output", "json", "--vars", "raw: landed")
    assert '"more"' in more
    assert '"inv_items"' in changed and '"inv_total"' in changed

    (project.path / "analyses/changed.sql").write_text("select * from {{ invoice_features_as_of('12.6.2021') }}")
    assert "must be a day written YYYY-MM-DD" in project.dbt("compile", "--vars", "raw: landed", ok=False)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("{keep_days: -1}", "keep_days must be a whole number of days, not '-1'"),
        ("{keep_days: 1 or 1}", "keep_days must be a whole number of days, not '1 or 1'"),
        ("{dry_run: 'no'}", "dry_run must be true or false, not 'no'"),
    ],
)
def test_arguments_of_pruning_that_make_no_sense_are_refused(project: Project, arguments: str, message: str) -> None:
    before = project.state()
    assert message in prune(project, arguments, ok=False)
    assert project.state() == before


def test_pruning_needs_a_history(project: Project) -> None:
    output = project.dbt("run-operation", "prune_history", "--vars", "raw: seeds", ok=False)
    assert "There is no history_of_seeds.invoice_features_history" in output
