"""What the commands promise: repeatable, idempotent, nothing published that was not tested, nothing mixed up."""

import csv
import hashlib
import json
from pathlib import Path

import duckdb
import pytest
from conftest import BIN, DBT, TABLES, WITH_UNIT_TESTS, Project
from independent_features import features, read


def content(project: Project) -> bytes:
    return (project.path / "exports/invoice_features.parquet").read_bytes()


def test_build_ends_with_what_a_person_wants(built: Project) -> None:
    expected = features(built.path / "seeds")
    late, known = sum(row[-1] or 0 for row in expected), sum(row[-1] is not None for row in expected)
    for line in (
        f"invoices       {len(expected):,}",
        f"late           {late:,} ({100 * late / known:.2f} % of {known:,} with a known outcome)",
        "as of          2021-05-28",
        "rejected rows  0",
        "features.invoice_features in late_payments.duckdb",
        "exports/invoice_features.parquet",
    ):
        assert line in built.build_output


def test_all_unit_tests_pass(rebuildable: Project) -> None:
    rebuildable.dbt("test", "--select", "test_type:unit", **WITH_UNIT_TESTS)
    manifest, run = (
        json.loads((rebuildable.path / f"target/{name}.json").read_text()) for name in ("manifest", "run_results")
    )
    statuses = {result["unique_id"]: result["status"] for result in run["results"]}
    assert manifest["unit_tests"] and all(statuses[unit_test] == "pass" for unit_test in manifest["unit_tests"])


def test_plain_dbt_build_gives_the_same(built: Project, project: Project) -> None:
    project.dbt("build")
    assert content(project) == content(built)


def test_the_contract(built: Project) -> None:
    columns = built.query(
        "select column_name, data_type from information_schema.columns"
        " where table_schema = 'features' and table_name = 'invoice_features' order by ordinal_position"
    )
    assert columns == [
        ("inv_id", "BIGINT"),
        ("acct_id", "BIGINT"),
        ("inv_total", "DECIMAL(18,2)"),
        ("inv_items", "BIGINT"),
        ("acct_age", "INTEGER"),
        ("num_inv_120d", "BIGINT"),
        ("cum_tot_inv_acct", "BIGINT"),
        ("is_late", "INTEGER"),
    ]


def test_a_broken_constraint_is_found_where_nothing_enforces_it(rebuildable: Project) -> None:
    with duckdb.connect(rebuildable.database) as connection:
        # A table made in this way carries none of the contract's constraints.
        connection.execute(
            "create or replace table features.invoice_features as select * replace ("
            "if(inv_id = 1, null, inv_total) as inv_total, if(inv_id = 2, 0, inv_items) as inv_items)"
            " from features.invoice_features"
        )
    output = rebuildable.dbt("test", "--select", "constraints_hold_invoice_features_", ok=False)
    assert "FAILED constraints_hold_invoice_features_, 2 rows" in output
    assert "broken_constraint = inv_total is not null, inv_id = 1," in output
    assert "broken_constraint = inv_items >= 1, inv_id = 2," in output


def test_whatever_has_constraints_has_the_test_of_them(built: Project) -> None:
    nodes = json.loads((built.path / "target/manifest.json").read_text())["nodes"].values()
    tested = {node["attached_node"] for node in nodes if node["name"].startswith("constraints_hold_")}
    declared = {node["unique_id"] for node in nodes if any(c["constraints"] for c in node["columns"].values())}
    assert declared and declared == tested


def test_every_relation_and_column_carries_its_description(built: Project) -> None:
    assert not built.query(
        "select schema_name, table_name from (select schema_name, table_name, comment from duckdb_tables()"
        " union all select schema_name, view_name, comment from duckdb_views() where not internal)"
        " where schema_name <> 'test_failures' and coalesce(comment, '') = ''"
    )
    assert not built.query(
        "select schema_name, table_name, column_name from duckdb_columns()"
        " where not internal and schema_name <> 'test_failures' and coalesce(comment, '') = ''"
    )


def test_a_failed_test_leaves_the_export_as_it_was(rebuildable: Project) -> None:
    before = content(rebuildable)
    # Of the tests that come after the mart has been built, one that always fails.
    name = "assert_last_cum_tot_inv_acct_counts_all_invoices"
    rebuildable.replace(f"tests/marts/{name}.sql", "having max(cum_tot_inv_acct) <> count(*)", "having true")
    output = rebuildable.make("build", ok=False)
    assert f"FAILED {name}, 198 rows" in output
    assert "parquet file" not in output
    assert content(rebuildable) == before


def test_a_bad_row_stops_the_build_before_the_mart(rebuildable: Project) -> None:
    before = content(rebuildable), rebuildable.query("select * from features.invoice_features order by inv_id")
    with open(rebuildable.path / "seeds/invoice_line_items.csv", "a") as file:
        file.write("1,0-000-00000-0,two\n")
    output = rebuildable.dbt("build", ok=False)
    assert "assert_rejected_rows_within_limit" in output
    assert rebuildable.query("select raw_table, delivered_key, reject_reason from staging.trs_rejected_rows") == [
        ("invoice_line_items", "1/0-000-00000-0", "quantity is not a whole number")
    ]
    assert (
        content(rebuildable),
        rebuildable.query("select * from features.invoice_features order by inv_id"),
    ) == before


def test_max_bad_rows_lets_a_run_go_on(rebuildable: Project) -> None:
    before = rebuildable.exported()
    with open(rebuildable.path / "seeds/invoice_line_items.csv", "a") as file:
        file.write("1,0-000-00000-0,two\n")
    output = rebuildable.dbt("build", "--vars", "{max_bad_rows: 1}")
    assert "WARN=1" in output and "rejected rows  1" in output
    assert rebuildable.exported() == before


def test_personal_data_that_leaves_raw_is_found(rebuildable: Project) -> None:
    account_id = "        {'name': 'account_id', 'type': 'bigint'},\n"
    rebuildable.replace(
        "models/staging/trs/base/base_trs__accounts.sql",
        account_id,
        account_id + "        {'name': 'gender', 'type': 'string'},\n",
    )
    output = rebuildable.dbt("build", ok=False)
    assert "FAILED assert_no_personal_data_after_raw, 1 row\n" in output
    assert "relation_name = staging.base_trs__accounts, column_name = gender" in output


@pytest.mark.parametrize(
    "arguments",
    [
        ("run",),
        ("test",),
        ("build", "--exclude-resource-type", "test", "unit_test"),
        ("build", "--exclude", "assert_invoice_totals_equal_line_totals"),
        ("build", "--select", "staging"),
    ],
    ids=" ".join,
)
def test_nothing_is_exported_that_was_not_tested(rebuildable: Project, arguments: tuple[str, ...]) -> None:
    for file in (rebuildable.path / "exports").glob("*.parquet"):
        file.unlink()
    rebuildable.end(*DBT, *arguments)
    assert not list((rebuildable.path / "exports").glob("*.parquet"))


def test_production_takes_landed_data_only(rebuildable: Project) -> None:
    production = rebuildable.path / "late_payments_prod.duckdb"
    rebuildable.dbt("build", "--target", "prod", "--vars", "{raw: seeds}", ok=False)

    rebuildable.make("build", "EXTRACTS=seeds", DBT_TARGET="prod")
    rebuildable.database = production
    assert rebuildable.exported("prod/invoice_features") == features(rebuildable.path / "seeds")
    assert not rebuildable.query("select 1 from information_schema.schemata where schema_name = 'seeds'")


@pytest.mark.parametrize(
    ("variable", "message"),
    [
        ("as_of: '2021-02-29'", "The var as_of must be a day written YYYY-MM-DD"),
        ("as_of: ''", "The var as_of must be a day written YYYY-MM-DD"),
        ("as_of: \"2021-04-12' or '1'='1\"", "The var as_of must be a day written YYYY-MM-DD"),
        ("raw: lost", "The var raw must be seeds or landed, not 'lost'"),
        ("payment_terms_days: thirty", "The var payment_terms_days must be a whole number"),
        ("max_bad_rows: -1", "The var max_bad_rows must be a whole number"),
    ],
)
def test_a_var_that_makes_no_sense_is_refused(rebuildable: Project, variable: str, message: str) -> None:
    assert message in rebuildable.dbt("parse", "--vars", f"{{{variable}}}", ok=False)


def test_an_empty_as_of_is_refused(rebuildable: Project) -> None:
    assert "The var as_of must be a day" in rebuildable.make("build", "AS_OF=", ok=False)


def test_landing_is_all_or_nothing(rebuildable: Project, tmp_path: Path) -> None:
    rebuildable.make("land", "EXTRACTS=seeds")
    tables = ["accounts", "invoices", "invoice_line_items", "skus"]
    before = [rebuildable.query(f"select * from raw.{table} order by all") for table in tables]
    broken = tmp_path / "it's broken"
    broken.mkdir()
    for table in ("accounts", "invoices"):
        (broken / f"{table}.csv").write_text((rebuildable.path / f"seeds/{table}.csv").read_text() + "\n")
    (broken / "skus.csv").write_text("item_id,item_name\n1,two\n")
    output = rebuildable.make("build", f"EXTRACTS={broken}", ok=False)
    assert "item_description" in output
    assert [rebuildable.query(f"select * from raw.{table} order by all") for table in tables] == before


def test_landing_takes_every_row_as_text_and_leaves_the_files_alone(rebuildable: Project) -> None:
    files = sorted((rebuildable.path / "seeds").glob("*.csv"))
    before = [(file.read_bytes(), file.stat().st_mtime_ns) for file in files]
    rebuildable.make("land", "EXTRACTS=seeds")
    assert [(file.read_bytes(), file.stat().st_mtime_ns) for file in files] == before
    for file in files:
        with open(file, encoding="utf-8", newline="") as rows:
            delivered = sorted(tuple(value or None for value in row) for row in list(csv.reader(rows))[1:])
        assert sorted(rebuildable.query(f"select * from raw.{file.stem}")) == delivered


def test_docs_are_one_file_that_needs_no_other(rebuildable: Project) -> None:
    rebuildable.make("docs")
    page = (rebuildable.path / "target/static_index.html").read_text()
    assert "One row per invoice issued up to and including the day as_of" in page
    assert "late_payment_model" in page


def test_analyses_can_be_shown(rebuildable: Project) -> None:
    assert "item_retail_price" in rebuildable.dbt("show", "--select", "profile_raw_extracts", "--limit", "100")
    assert "mean_on_time" in rebuildable.dbt("show", "--select", "features_by_outcome")


def test_dbt_finds_the_plugin_from_another_directory(built: Project, tmp_path: Path) -> None:
    there = ("--project-dir", built.path, "--profiles-dir", built.path)
    command = (BIN / "dbt", "--quiet", "show", "--inline", "select 42 as answer", *there)
    assert "42" in built.run("env", "--chdir", tmp_path, *command, DBT_TARGET_PATH=str(tmp_path / "target"))


def test_the_generator_gives_the_same_bytes_each_time_and_any_multiple(project: Project, tmp_path: Path) -> None:
    def digests(directory: Path) -> dict[str, str]:
        return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in directory.glob("*.csv")}

    project.make("extracts", f"OUT={tmp_path / 'again'}")
    assert digests(tmp_path / "again") == digests(project.path / "seeds")

    project.make("extracts", f"OUT={tmp_path / 'double'}", "SCALE=2")
    assert [len(read(tmp_path / "double", table)) for table in TABLES] == [400, 200, 2 * 9_685, 2 * 53_481]


def test_the_seeds_are_as_hard_as_real_extracts(project: Project) -> None:
    seeds = project.path / "seeds"
    accounts, invoices = read(seeds, "accounts"), read(seeds, "invoices")
    assert all(row["company_address"].count("\n") == 1 for row in accounts)
    names = [row["company_name"] for row in accounts]
    assert all(any(sign in name for name in names) for sign in "',\"") and not all(map(str.isascii, names))
    assert any("x" in row["contact_phone"] for row in accounts)

    item_ids = [row["item_id"].replace("-", "") for row in read(seeds, "skus")]
    assert any(item_id.endswith("X") for item_id in item_ids)
    for item_id in item_ids:
        digits = [10 if digit == "X" else int(digit) for digit in item_id]
        assert sum(weight * digit for weight, digit in zip(range(10, 0, -1), digits, strict=True)) % 11 == 0

    days = [(row["account_id"], row["date_issued"]) for row in invoices]
    assert len(set(days)) < len(days), "no account has two invoices on one day"
    labels = [row[-1] for row in features(seeds)]
    unpaid = sum(not row["payment_dates"] for row in invoices)
    assert unpaid > labels.count(None) > 200, "unpaid invoices, some of them overdue"
    assert 0.14 < labels.count(1) / (labels.count(0) + labels.count(1)) < 0.16
