"""The publisher's parts, on a table made up for it: every value as it was, nothing twice, no value told."""

import math
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

import duckdb
import psycopg
import pytest
from conftest import Project
from dbt.cli.main import dbtRunner
from test_faults import wait_for
from test_publish import MARTS, Target, server, target  # noqa: F401

from late_payments.green import Refused
from late_payments.publish.marts import Column, Mart, published_marts
from late_payments.publish.publication import connect, publication
from late_payments.publish.rows import change, replace
from late_payments.publish.structure import index, prepare

MART = Mart(
    "finance",
    "made_up",
    "100 % 'made up'",
    (
        Column("id", "bigint", "Its key, {}."),
        Column("Text \"of\" it, 'odd'", "text", ""),
        Column("amount", "numeric(18,2)", "%s"),
        Column("share", "double precision", "One\nor two lines."),
        Column("is_late", "boolean", "\\"),
        Column("day", "date", ""),
        Column("at", "timestamp without time zone", ""),
    ),
    "made_up",
    (("id",),),
)
TEXTS = [
    "",
    None,
    " ",
    "\\.",
    "\\N",
    "NULL",
    '"',
    '""',
    "a,b",
    "a\nb",
    "a\r\nb",
    "\n",
    "\r",
    "it's",
    "é 漢 🙂",
    "\t;|#",
    "'",
]
ROWS = [
    *((number, text, Decimal("0.10"), 0.1, True, date(2021, 2, 28), None) for number, text in enumerate(TEXTS)),
    (100, "x", Decimal("-9999999999999999.99"), 1e-308, False, date(1, 1, 1), datetime(2021, 1, 1, 23, 59, 59, 999999)),
    (101, "x", Decimal("9999999999999999.99"), 1 / 3, None, date(9999, 12, 31), datetime(2021, 1, 1)),
    (2**63 - 1, "x", None, math.inf, None, None, None),
    (-(2**63), "x", None, -math.inf, None, None, None),
    # Twice: a mart is what it is.
    (101, "x", Decimal("9999999999999999.99"), 1 / 3, None, date(9999, 12, 31), datetime(2021, 1, 1)),
]


@pytest.fixture
def made_up() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as source:
        source.execute(
            'create table made_up (id bigint, "Text ""of"" it, \'odd\'" varchar, amount decimal(18, 2), share double,'
            ' is_late boolean, "day" date, "at" timestamp)'
        )
        source.executemany("insert into made_up values (?, ?, ?, ?, ?, ?, ?)", ROWS)
        yield source


@pytest.fixture
def connection(target: Target) -> Iterator[psycopg.Connection]:  # noqa: F811
    with connect({part: str(value) for part, value in vars(target).items()}) as connection:
        with publication(connection):
            prepare(connection, [MART], {})
        yield connection


def held(target: Target) -> Counter:  # noqa: F811
    return Counter(target.query("select * from finance.made_up"))


def test_every_value_arrives_as_it_was(
    made_up: duckdb.DuckDBPyConnection,
    target: Target,  # noqa: F811
    connection: psycopg.Connection,
) -> None:
    with publication(connection):
        assert replace(connection, MART, made_up) == len(ROWS)
    assert held(target) == Counter(ROWS)
    with publication(connection):
        change(connection, MART, "id", [row[0] for row in ROWS], made_up.execute("from made_up").fetchall())
    assert held(target) == Counter(ROWS)


def test_only_what_differs_is_prepared(connection: psycopg.Connection) -> None:
    classes = "select xmin, * from pg_class where relnamespace = 'finance'::regnamespace order by oid"
    descriptions = "select xmin, * from pg_description order by objoid, classoid, objsubid"
    before = [connection.execute(query).fetchall() for query in (classes, descriptions)]
    with publication(connection):
        prepare(connection, [MART], {})
    assert [connection.execute(query).fetchall() for query in (classes, descriptions)] == before
    for _ in range(2):
        with publication(connection):
            index(connection, MART, "id")
    indexes = connection.execute("select indexdef from pg_indexes where tablename = 'made_up'").fetchall()
    assert [definition.rpartition(" ")[2] for (definition,) in indexes] == ["(id)"]


@pytest.mark.parametrize(
    "key, keys", [("id", [100, 101, 7, 12345]), ("day", [date(2021, 2, 28), date(1970, 1, 1)]), ("share", [])]
)
def test_a_change_touches_its_keys_alone(
    made_up: duckdb.DuckDBPyConnection,
    target: Target,  # noqa: F811
    connection: psycopg.Connection,
    key: str,
    keys: list[object],
) -> None:
    position = [column.name for column in MART.columns].index(key)
    new = [(*row[:2], Decimal("1.00"), *row[3:]) for row in ROWS if row[position] in keys[1:]]
    with publication(connection):
        replace(connection, MART, made_up)
    for _ in range(2):
        with publication(connection):
            change(connection, MART, key, keys, new)
        assert held(target) == Counter([row for row in ROWS if row[position] not in keys] + new)


def test_two_at_once_leave_the_rows_of_one(
    made_up: duckdb.DuckDBPyConnection,
    target: Target,  # noqa: F811
    connection: psycopg.Connection,
) -> None:
    def other() -> None:
        with connect({part: str(value) for part, value in vars(target).items()}) as second, publication(second):
            replace(second, MART, made_up)

    thread = threading.Thread(target=other)
    with publication(connection):
        thread.start()
        wait_for(lambda: target.query("select 1 from pg_stat_activity where wait_event = 'advisory'"))
        change(connection, MART, "id", [1], made_up.execute("from made_up where id = 1").fetchall())
    thread.join()
    assert held(target) == Counter(ROWS)


def test_what_fails_changes_nothing_and_tells_no_value(
    made_up: duckdb.DuckDBPyConnection,
    target: Target,  # noqa: F811
    connection: psycopg.Connection,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with publication(connection):
        replace(connection, MART, made_up)
    # Somebody's rule, which each row breaks; together they are more than a pipe holds.
    with target.connect() as owner:
        owner.execute("alter table finance.made_up add check (share > 2) not valid")
    made_up.execute("create table wrong as select made_up.* from made_up, range(10000)")
    wrong = made_up.execute("from wrong").fetchall()
    broken = Mart(MART.schema, MART.name, "", MART.columns, "wrong", ())
    for fails in (
        lambda: replace(connection, broken, made_up),
        lambda: change(connection, MART, "id", [1], wrong),
    ):
        with pytest.raises(Refused) as refusal, publication(connection):
            fails()
        assert str(refusal.value) == (
            'PostgreSQL does not take the rows of finance.made_up: new row for relation "made_up" violates check'
            ' constraint "made_up_share_check"'
        )
        assert held(target) == Counter(ROWS)
    endless = "(select made_up.* replace (if(i < 20000, id, error('stopped')) as id) from made_up, range(20001) r (i))"
    with pytest.raises(duckdb.Error, match="stopped"), publication(connection):
        replace(connection, Mart(MART.schema, MART.name, "", MART.columns, endless, ()), made_up)
    assert held(target) == Counter(ROWS)


def test_marts_are_known_with_their_keys(built: Project) -> None:
    there = ["--project-dir", str(built.path), "--profiles-dir", str(built.path)]
    manifest = dbtRunner().invoke(["--quiet", "parse", *there]).result
    with duckdb.connect(built.database, read_only=True) as source:
        marts = {str(mart): mart for mart in published_marts(manifest, source)}
        assert sorted(marts) == MARTS
        for mart in marts.values():
            for key in mart.keys:
                distinct = f"select count(*), count(distinct ({', '.join(key)})) from {mart.relation}"
                assert len(set(source.execute(distinct).fetchall()[0])) == 1
    assert marts["finance.fct_invoice_line_items"].keys == (("invoice_id", "item_id"),)
    assert ("inv_id",) in marts["features.invoice_features"].keys
    assert marts["features.invoice_features"].columns[2] == Column(
        "inv_total",
        "numeric(18,2)",
        manifest.nodes["model.late_payments.invoice_features"].columns["inv_total"].description,
    )
