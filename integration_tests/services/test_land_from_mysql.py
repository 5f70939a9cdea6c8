"""Landing from a real MySQL server, MariaDB: one moment of it, nothing lost to a fault, no secret told."""

import shutil
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pymysql
import pytest
from conftest import MAKE, REAL_EXTRACTS, ROOT, WARM, Project, needs_real_extracts
from independent_features import features
from servers import DEFINITIONS, PASSWORD, MariaDB, assert_no_password, certify, documented_sql
from test_faults import wait_for

LAND = (*WARM, "late_payments.landing", "--source", "mysql")


@pytest.fixture(scope="session")
def server() -> Iterator[MariaDB]:
    directory = Path(tempfile.mkdtemp(prefix="late_payments_mysql_"))
    server = MariaDB(directory)
    try:
        server.start()
        server.load("seeds", ROOT / "seeds")
        yield server
    finally:
        server.kill()
        shutil.rmtree(directory)


@pytest.fixture
def trs(server: MariaDB) -> MariaDB:
    """The server with a database trs that holds the seeds, and the user that the docs make."""
    server.query("drop database if exists trs", "drop user if exists late_payments")
    server.query("create database trs character set utf8mb4")
    for table in DEFINITIONS:
        server.query(
            f"create table trs.{table} like seeds.{table}", f"insert into trs.{table} select * from seeds.{table}"
        )
    server.query(*documented_sql("mysql.md"))
    return server


@pytest.fixture
def live(landed: Project, tmp_path: Path) -> Project:
    """A copy of the project as a good build of landed extracts left it."""
    return Project.like(landed, tmp_path / "project")


def land(project: Project, server: MariaDB, ok: bool = True, **env: str) -> str:
    output = project.run(*LAND, ok=ok, **{**server.env(), **env})
    assert_no_password(project, output)
    return output


def raw_rows(project: Project) -> dict[str, Counter]:
    """What both kinds of landing bring. An extract may write 7.1 for what is 7.10 in MySQL."""
    return {
        table: Counter(
            project.query(
                f"select {columns} from (select * replace (item_cost_price::decimal(10, 2) as item_cost_price,"
                " item_retail_price::decimal(10, 2) as item_retail_price) from raw.skus)"
                if table == "skus"
                else f"select {columns} from raw.{table}"
            )
        )
        for table, columns in COLUMNS_READ.items()
    }


COLUMNS_READ = {
    "accounts": "account_id, company_name, contact_person, contact_phone, joining_date",
    "skus": "item_id, item_name, item_description, item_cost_price, item_retail_price",
    "invoices": "invoice_id, account_id, date_issued, payment_dates",
    "invoice_line_items": "invoice_id, item_id, quantity",
}


@pytest.mark.parametrize("extracts", ["seeds", pytest.param("real", marks=needs_real_extracts)])
def test_the_same_as_from_files(live: Project, trs: MariaDB, extracts: str) -> None:
    directory = live.path / "extracts" if extracts == "seeds" else REAL_EXTRACTS
    if extracts == "real":
        trs.query("drop database trs")
        trs.load("trs", directory)
    output = live.make("build", "SOURCE=mysql", **trs.env())
    assert_no_password(live, output)
    assert live.exported() == features(directory)
    from_mysql = raw_rows(live)
    live.make("land", f"EXTRACTS={directory}")
    assert from_mysql == raw_rows(live)


def test_what_no_model_needs_is_never_asked_for(live: Project, trs: MariaDB) -> None:
    log = trs.directory / "queries.log"
    trs.query(f"set global general_log_file = '{log}'", "set global general_log = on")
    try:
        land(live, trs)
    finally:
        trs.query("set global general_log = off")
    assert "contact_phone" in log.read_text()
    assert "gender" not in log.read_text() and "company_address" not in log.read_text()
    for table, columns in COLUMNS_READ.items():
        assert live.query(f"select string_agg(column_name, ', ') from (describe raw.{table})") == [(columns,)]
    with trs.connect("late_payments", PASSWORD, database="trs") as connection, connection.cursor() as cursor:
        for column in ("gender", "company_address"):
            with pytest.raises(pymysql.OperationalError, match="denied"):
                cursor.execute(f"select {column} from accounts")
        with pytest.raises(pymysql.OperationalError, match="denied"):
            cursor.execute("update skus set item_cost_price = 0")


def test_what_was_landed_can_be_built_later(live: Project, trs: MariaDB) -> None:
    trs.query("update trs.accounts set company_name = 'Renamed' where account_id = 1")
    live.make("land", "SOURCE=mysql", **trs.env())
    live.make("build", "RAW=landed")
    assert live.query("select company_name from finance.dim_accounts where account_id = 1") == [("Renamed",)]


def test_the_server_must_prove_who_it_is(live: Project, trs: MariaDB) -> None:
    trs.query("alter user late_payments require ssl")
    land(live, trs)
    land(live, trs, LATE_PAYMENTS_MYSQL_CA=str(trs.certificate))
    before = live.state()
    output = land(live, trs, ok=False, LATE_PAYMENTS_MYSQL_CA=str(certify(trs.directory, "stranger")))
    assert "certificate" in output
    assert live.state() == before


REFUSALS = {
    "a table is missing": (["drop table trs.skus"], {}, ["`skus`", "skus' doesn't exist"]),
    "a column is missing": (
        ["alter table trs.invoices drop column payment_dates"],
        {},
        ["`invoices`", "Unknown column 'payment_dates'"],
    ),
    "no grant on a column": (
        ["revoke select (joining_date) on trs.accounts from late_payments"],
        {},
        ["SELECT command denied", "for column 'joining_date' in table 'accounts'"],
    ),
    "no grant on a table": (
        ["revoke select (invoice_id, item_id, quantity) on trs.invoice_line_items from late_payments"],
        {},
        ["SELECT command denied", "invoice_line_items"],
    ),
    "a table is empty": (["delete from trs.invoice_line_items"], {}, ["invoice_line_items has no rows in MySQL"]),
    "the password is wrong": ([], {"PASSWORD": "another s3cret"}, ["Access denied for user"]),
    "the server is down": ([], {"PORT": "1"}, ["Can't connect to server"]),
    "the host is unknown": ([], {"HOST": "nowhere.invalid"}, ["Unknown server host"]),
    "the database is missing": ([], {"DATABASE": "nothing"}, ["denied for user", "to database"]),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_refused(live: Project, trs: MariaDB, case: str) -> None:
    damage, changes, says = REFUSALS[case]
    before = live.state()
    if damage:
        trs.query(*damage)
    output = live.make("build", "SOURCE=mysql", ok=False, **trs.env(**changes))
    for words in says:
        assert words in output
    assert "docs/runbook.md" in output
    assert_no_password(live, output)
    assert live.state() == before


@pytest.mark.parametrize("target", ["dev", "prod"])
def test_missing_variables_are_named_before_anything_starts(live: Project, target: str) -> None:
    prefix = "DBT_ENV_SECRET_MYSQL_" if target == "dev" else "DBT_ENV_SECRET_PROD_MYSQL_"
    given = {f"{prefix}HOST": "127.0.0.1", f"{prefix}USER": "", f"{prefix}PORT": "3306"}
    output = live.run(*LAND, "--target", target, ok=False, **given)
    assert f"Not set, or set to nothing: {prefix}DATABASE, {prefix}USER, {prefix}PASSWORD" in output
    assert not (live.path / "late_payments_prod.duckdb").exists()


def test_the_server_is_killed_in_the_middle(live: Project, trs: MariaDB) -> None:
    trs.query(
        "insert into trs.invoice_line_items select invoice_id + 1000000 * account_id, item_id, quantity"
        " from seeds.invoice_line_items cross join seeds.accounts where account_id <= 60"
    )

    def bytes_sent() -> int:
        return int(trs.query("show global status like 'Bytes_sent'")[0][1])

    before, sent = live.state(), bytes_sent()
    process = live.start(*MAKE, "land", "SOURCE=mysql", **trs.env())
    try:
        wait_for(lambda: bytes_sent() > sent + 20_000_000)
        trs.kill()
        output, _ = process.communicate(timeout=120)
    finally:
        trs.start()
    assert process.returncode != 0
    assert "Failed to fetch result row for MySQL query" in output
    assert_no_password(live, output)
    assert live.state() == before
    trs.query("delete from trs.invoice_line_items where invoice_id > 1000000")
    land(live, trs)


@pytest.mark.parametrize(("isolation", "landings"), [("repeatable read", 10), ("read committed", 3)])
def test_each_landing_is_one_moment(live: Project, trs: MariaDB, isolation: str, landings: int) -> None:
    default = trs.query("select @@global.tx_isolation")[0][0].replace("-", " ")
    trs.query(f"set global transaction isolation level {isolation}")
    stop = threading.Event()
    errors: list[Exception] = []
    item_ids = [item_id for (item_id,) in trs.query("select item_id from trs.skus")]

    def write() -> None:
        try:
            with trs.connect(database="trs") as connection, connection.cursor() as cursor:
                for invoice_id in range(1_000_000, 1_500_000):
                    if stop.is_set():
                        break
                    connection.begin()
                    cursor.execute("insert into invoices values (%s, 1, '2021-05-01', null)", [invoice_id])
                    for item_id in item_ids[:3]:
                        cursor.execute("insert into invoice_line_items values (%s, %s, 1)", [invoice_id, item_id])
                    connection.commit()
        except Exception as error:
            errors.append(error)

    writer = threading.Thread(target=write)
    writer.start()
    sizes = []
    try:
        for _ in range(landings):
            land(live, trs)
            assert live.query(
                "select count(*) from (select invoice_id from raw.invoices"
                " except select invoice_id from raw.invoice_line_items)"
            ) == [(0,)]
            assert live.query(
                "select count(*) from raw.invoice_line_items anti join raw.invoices using (invoice_id)"
            ) == [(0,)]
            assert live.query(
                "select count(*) from (select invoice_id from raw.invoice_line_items"
                " where invoice_id::bigint >= 1000000 group by invoice_id having count(*) <> 3)"
            ) == [(0,)]
            sizes += live.query("select count(*) from raw.invoices")[0]
    finally:
        stop.set()
        writer.join()
        trs.query(f"set global transaction isolation level {default}")
    assert not errors
    assert sizes == sorted(set(sizes)), "nothing was written meanwhile"


def test_values_land_as_an_extract_would_have_them(live: Project, trs: MariaDB) -> None:
    trs.query(
        "alter table trs.accounts modify company_name varchar(200) character set latin1",
        "alter table trs.invoices modify invoice_id bigint unsigned",
        "alter table trs.invoice_line_items modify quantity tinyint(1)",
        "update trs.accounts set company_name = 'Müller é', contact_person = 'two\r\nlines, \"quoted\" 😀',"
        " contact_phone = null where account_id = 1",
        "update trs.skus set item_description = '', item_cost_price = 7, item_retail_price = 12345678.90"
        " order by item_id limit 1",
        "update trs.invoices set date_issued = 0 where invoice_id = 1",
        "update trs.invoices set payment_dates = 0 where invoice_id = 2",
        "update trs.invoices set payment_dates = '2021-00-10' where invoice_id = 3",
        "update trs.invoices set payment_dates = null where invoice_id = 4",
        "insert into trs.invoices values (18446744073709551615, 1, '2021-05-01', null)",
        "update trs.invoice_line_items set quantity = 7 where invoice_id = 1",
    )
    paid = live.query("select payment_dates from raw.invoices where invoice_id = '1'")[0][0]
    land(live, trs)
    assert live.query(
        "select company_name, contact_person, contact_phone, joining_date from raw.accounts where account_id = '1'"
    ) == [("Müller é", 'two\r\nlines, "quoted" 😀', None, "2018-01-13")]
    assert live.query(
        "select item_description, item_cost_price, item_retail_price from raw.skus order by item_id limit 1"
    ) == [("", "7.00", "12345678.90")]
    assert live.query(
        "select invoice_id, date_issued = '0000-00-00', payment_dates from raw.invoices"
        " where invoice_id in ('1', '2', '3', '4') order by invoice_id"
    ) == [
        ("1", True, paid),
        ("2", False, "0000-00-00"),
        ("3", False, "2021-00-10"),
        ("4", False, None),
    ]
    assert live.query("select count(*) from raw.invoices where invoice_id = '18446744073709551615'") == [(1,)]
    assert set(live.query("select quantity from raw.invoice_line_items where invoice_id = '1'")) == {("7",)}

    output = live.make("build", "RAW=landed", ok=False)
    assert "reject_reason = date_issued is not a date written YYYY-MM-DD, row_count = 1" in output
    assert "reject_reason = payment_dates is not a date written YYYY-MM-DD, row_count = 2" in output
