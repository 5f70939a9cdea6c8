"""The branch list: every figure against an independent recomputation, an order that holds, and whom it names."""

import json
import random
from datetime import date, timedelta
from itertools import groupby, pairwise
from pathlib import Path

import duckdb
import pytest
from conftest import REAL_EXTRACTS, Project, needs_real_extracts
from independent_branch import accounts_to_contact, outcome
from independent_features import day, read

SHARES = (12, 13)  # Places of share_late and share_late_change.
# Of tests no more than the history waits for.
WITHOUT_TESTS = ("--select", "+accounts_to_contact", "--indirect-selection", "cautious")


def call_list(project: Project, suffix: str = "") -> list[tuple]:
    return project.query(f"select * from branch{suffix}.accounts_to_contact order by contact_rank")


def assert_equal(ours: list[tuple], expected: list[tuple]) -> None:
    """All the same, but for the last bits of the two shares, which the recomputation has as fractions."""
    assert len(ours) == len(expected)
    for row, other in zip(ours, expected, strict=True):
        for place, (value, wanted) in enumerate(zip(row, other, strict=True)):
            if place in SHARES and wanted is not None:
                assert value == pytest.approx(float(wanted), rel=1e-12, abs=1e-12)
            else:
                assert value == wanted, f"{row}\n{other}"


def assert_branch(project: Project, directory: Path, as_of: date | None = None) -> None:
    suffix = f"_asof_{as_of:%Y%m%d}" if as_of else ""
    assert_equal(call_list(project, suffix), accounts_to_contact(directory, as_of))


def test_the_seeds(built: Project) -> None:
    assert len(call_list(built)) > 100
    assert_branch(built, built.path / "seeds")


@needs_real_extracts
def test_the_real_extracts(built_from_real: Project) -> None:
    assert_branch(built_from_real, REAL_EXTRACTS)
    assert not call_list(built_from_real), "all of their invoices are paid in the end"


def accounts_with_an_event(directory: Path, today: date) -> set[int]:
    """Accounts that were issued an invoice, paid one, or saw one become overdue on a day."""
    moved = set()
    for row in read(directory, "invoices"):
        invoice = (day(row["date_issued"]), day(row["payment_dates"]), None)
        if today in invoice or outcome(invoice, today) == (True, today):
            moved.add(int(row["account_id"]))
    return moved


def test_nobody_jumps_without_a_reason(rebuildable: Project) -> None:
    """From day to day, two accounts with nothing about to fall due keep their order, if nothing happened to them."""
    backtest = pytest.importorskip("late_payments.backtest", reason="needs make .venv/installed-evaluate")
    first, days = date(2021, 4, 9), 50
    rebuildable.dbt("compile", "--select", "int_scored_days+,path:models/intermediate")
    manifest = json.loads((rebuildable.path / "target/manifest.json").read_text())
    with duckdb.connect() as connection:
        connection.execute(f"attach '{rebuildable.database}' as late_payments (read_only)")
        connection.execute(f"create schema {backtest.SCHEMA}")
        backtest.replay(connection, manifest, [first + timedelta(number) for number in range(days)])
        # Without those whose chance of late payment grows daily.
        rows = connection.execute(
            "select scored_day, account_id, expected_late_value, value_overdue, oldest_overdue_day"
            f" from {backtest.SCHEMA}.int_account_priorities where num_inv_due_7d = 0 order by scored_day, contact_rank"
        ).fetchall()
    # Ranking figures by account, in the order of the list, by day.
    lists = {today: {row[1]: row[2:] for row in group} for today, group in groupby(rows, key=lambda row: row[0])}
    assert len(lists) == days
    reorderings = 0
    for (_, yesterdays), (today, todays) in pairwise(lists.items()):
        moved = accounts_with_an_event(rebuildable.path / "seeds", today)
        assert moved
        quiet_before = [account for account in yesterdays if account in todays and account not in moved]
        quiet_now = [account for account in todays if account in yesterdays and account not in moved]
        assert len(quiet_now) > 5
        assert quiet_now == quiet_before, f"an account jumped on {today}"
        assert all(todays[account] == yesterdays[account] for account in quiet_now)
        common = todays.keys() & yesterdays.keys()
        reorderings += [a for a in todays if a in common] != [a for a in yesterdays if a in common]
    assert reorderings, "nothing ever changed the order, so this has shown nothing"


def test_the_order_of_rows_in_the_extracts_does_not_matter(rebuildable: Project) -> None:
    before = call_list(rebuildable)
    for table in ("accounts", "skus", "invoices", "invoice_line_items"):
        file = rebuildable.path / f"seeds/{table}.csv"
        if table == "accounts":
            # Its values span lines.
            duckdb.sql(f"from read_csv('{file}', all_varchar = true) order by hash(account_id)").write_csv(str(file))
            continue
        header, *rows = file.read_text().splitlines(keepends=True)
        random.Random(7).shuffle(rows)
        file.write_text(header + "".join(rows))
    rebuildable.dbt("build", *WITHOUT_TESTS)
    assert call_list(rebuildable) == before


def personal_values(directory: Path) -> dict[str, set[str]]:
    columns = ("contact_person", "contact_phone", "company_address")
    accounts = read(directory, "accounts")
    return {column: {row[column] for row in accounts} for column in columns}


def test_personal_values_are_in_the_branch_list_alone(built: Project) -> None:
    """Under whatever name: looks for the values in every text column of every relation."""
    values = personal_values(built.path / "seeds")
    found = set()
    with duckdb.connect(built.database, read_only=True) as connection:
        columns = connection.execute(
            "select table_schema, table_name, column_name from information_schema.columns"
            " where data_type in ('VARCHAR', 'JSON') and table_catalog = current_database()"
            " and table_schema <> 'seeds' and table_schema not like '%_asof_%'"
        ).fetchall()
        assert len(columns) > 30
        for schema, table, column in columns:
            query = f'select distinct "{column}"::varchar from "{schema}"."{table}"'
            texts = {row[0] for row in connection.execute(query).fetchall()}
            assert not texts & {"F", "M"}, f"{schema}.{table}.{column} looks like gender"
            found |= {(schema, table, column, personal) for personal, those in values.items() if texts & those}
    assert found == {
        (schema, table, column, column)
        for schema, table in (("branch", "accounts_to_contact"), ("staging", "stg_trs__account_contacts"))
        for column in ("contact_person", "contact_phone")
    }


LEAKS = {
    "a contact in another mart": "create or replace table features.leak as select contact_phone from seeds.accounts",
    "a stray table of the branch schema": "create table branch.old_list as select * from branch.accounts_to_contact",
    "a view": "create view main.people as select account_id, Contact_Person from seeds.accounts",
    "a table in raw that is not raw": "create table seeds.accounts_2 as select gender from seeds.accounts",
    "a snapshot": "alter table history_of_seeds.accounts_history add column company_address varchar",
    "the list of a past day, with gender": "create schema branch_asof_20210412;"
    " create table branch_asof_20210412.accounts_to_contact as select contact_phone, gender from seeds.accounts",
}
FOUND = {
    "a contact in another mart": ["features.leak, column_name = contact_phone"],
    "a stray table of the branch schema": [
        "branch.old_list, column_name = contact_person",
        "branch.old_list, column_name = contact_phone",
    ],
    "a view": ["main.people, column_name = contact_person"],
    "a table in raw that is not raw": ["seeds.accounts_2, column_name = gender"],
    "a snapshot": ["accounts_history, column_name = company_address"],
    "the list of a past day, with gender": ["branch_asof_20210412.accounts_to_contact, column_name = gender"],
}


@pytest.mark.parametrize("leak", LEAKS)
def test_personal_data_anywhere_in_the_database_is_found(rebuildable: Project, leak: str) -> None:
    with duckdb.connect(rebuildable.database) as connection:
        connection.execute(LEAKS[leak])
    output = rebuildable.dbt("test", "--select", "assert_no_personal_data_after_raw", ok=False)
    assert output.count("column_name = ") == len(FOUND[leak]), output
    for words in FOUND[leak]:
        assert words in output


def test_marking_a_column_of_another_team_as_personal_allows_nothing(rebuildable: Project) -> None:
    """Nor does marking gender, in the branch list itself."""
    marked = "        config:\n          meta:\n            contains_pii: true\n"
    name = "      - name: company_name\n        data_type: string\n"
    models = "models/staging/trs/_trs__models.yml"
    rebuildable.replace(models, name, name.replace("company_name", "contact_person") + marked)
    with duckdb.connect(rebuildable.database) as connection:
        connection.execute(
            "create or replace table staging.base_trs__accounts as select contact_person from seeds.accounts"
        )
        connection.execute("alter table branch.accounts_to_contact add column gender varchar")
    branch = "models/marts/branch/_branch__models.yml"
    rebuildable.replace(branch, name, "      - name: gender\n        data_type: string\n" + marked + name)
    output = rebuildable.dbt("test", "--select", "assert_no_personal_data_after_raw", ok=False)
    assert "staging.base_trs__accounts, column_name = contact_person" in output
    assert "branch.accounts_to_contact, column_name = gender" in output


def test_no_other_team_can_read_the_contacts(rebuildable: Project) -> None:
    file = "models/intermediate/invoices/int_account_invoice.sql"
    rebuildable.replace(file, "ref('stg_trs__accounts')", "ref('stg_trs__account_contacts')")
    assert "not allowed because the referenced node is private" in rebuildable.dbt("parse", ok=False)


def test_failures_on_the_list_name_nobody(rebuildable: Project) -> None:
    """Neither what is printed and logged, nor the failures that are kept."""
    values = personal_values(rebuildable.path / "seeds")
    listed = len(call_list(rebuildable))
    rebuildable.replace(
        "models/marts/branch/accounts_to_contact.sql",
        "accounts_with_reason.reason,",
        "cast(null as varchar) as reason,",
    )
    # Without the contract, which would refuse the table itself.
    rebuildable.replace("dbt_project.yml", "enforced: true", "enforced: false")
    rebuildable.replace(
        "models/staging/trs/stg_trs__account_contacts.sql", "accounts.account_id,", "null::bigint as account_id,"
    )
    (rebuildable.path / "logs/dbt.log").unlink(missing_ok=True)
    logged = {"DBT_LOG_LEVEL_FILE": "debug"}
    output = rebuildable.dbt("build", "--select", "stg_trs__account_contacts", ok=False, **logged)
    assert "FAILED constraints_hold_stg_trs__account_contacts_, 200 rows" in output
    rebuildable.replace(
        "models/staging/trs/stg_trs__account_contacts.sql", "null::bigint as account_id,", "accounts.account_id,"
    )
    output += rebuildable.dbt("build", "--select", "+accounts_to_contact", ok=False, **logged)
    assert f"FAILED constraints_hold_accounts_to_contact_, {listed} rows" in output
    log = (rebuildable.path / "logs/dbt.log").read_text()
    assert "accounts_to_contact" in log
    for phone in values["contact_phone"]:
        assert phone not in output and phone not in log
    kept = rebuildable.query(
        "select table_name, column_name from information_schema.columns where table_schema = 'test_failures'"
    )
    assert not {column for _, column in kept} & {"contact_person", "contact_phone"}
