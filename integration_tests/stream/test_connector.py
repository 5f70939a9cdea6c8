"""What the connector that the project ships delivers: in which order, and how values are written."""

import json
import re
import time
from collections import Counter

import pytest
import yaml
from chain import Chain, chain  # noqa: F401
from conftest import ROOT
from kafka import CONNECTOR
from test_faults import wait_for
from workload import COLUMNS, Workload

SETTINGS = json.loads(CONNECTOR.read_text())


def test_the_file_says_what_the_sources_say() -> None:
    sources = yaml.safe_load((ROOT / "models/staging/trs/_trs__sources.yml").read_text())["sources"]
    tables = {table["name"]: table["columns"] for source in sources for table in source["tables"]}
    assert SETTINGS["table.include.list"].split(",") == [f"trs.{table}" for table in tables]
    assert SETTINGS["column.exclude.list"].split(",") == [
        f"trs.{table}.{column['name']}"
        for table, columns in tables.items()
        for column in columns
        if column.get("config", {}).get("meta", {}).get("stays_in_raw")
    ]
    assert SETTINGS["transforms.one_topic.regex"] == rf"trs\.(trs\.({'|'.join(tables)})|transaction)"
    assert SETTINGS["database.password"] == "${env:TRS_PASSWORD}"


@pytest.mark.parametrize("connector", ["mysql.MySql", "mariadb.MariaDb"])
def test_debezium_knows_every_setting(chain: Chain, connector: str) -> None:  # noqa: F811
    """It says nothing of one that is misspelt."""
    settings = {**SETTINGS, "name": "tried", "connector.class": f"io.debezium.connector.{connector}Connector"}
    known = chain.connect.request("PUT", f"/connector-plugins/{settings['connector.class']}/config/validate", settings)[
        "configs"
    ]
    names = {config["value"]["name"] for config in known}
    # Connect and Debezium declare these nowhere.
    undeclared = r"(key|value)\.converter\..*|topic\.creation\.default\..*|schema\.history\..*|event\.converting\..*"
    assert {name for name in SETTINGS if not re.fullmatch(undeclared, name)} <= names


def changes(messages: list[tuple[int, dict]]) -> list[tuple]:
    """Table, operation, row before and after of each change among messages."""
    return [
        (value["source"]["table"], value["op"], value["before"], value["after"])
        for _, value in messages
        if "op" in value
    ]


def markers(messages: list[tuple[int, dict]]) -> str:
    """The messages in their order: B for BEGIN, E for END, and the operation of each change."""
    return "".join(value["status"][0] if "status" in value else value["op"] for _, value in messages)


class Recorder:
    """What arrives from now on."""

    def __init__(self, chain: Chain) -> None:  # noqa: F811
        self.source, self.messages = chain.source, chain.messages
        self.start = 0
        self.new()

    def new(self) -> list[tuple[int, dict]]:
        """The messages since the last call, up to what was last committed."""
        last = time.time_ns() % 10**9
        self.source.query(
            f"insert into trs.accounts (account_id, company_name) values ({last}, 'the last')",
            f"delete from trs.accounts where account_id = {last}",
        )
        found: list[tuple[int, dict]] = []

        def is_there() -> bool:
            found[:] = self.messages(self.start)
            return markers(found[-6:]) == "BcEBdE" and found[-2][1]["before"]["account_id"] == last

        wait_for(is_there)
        self.start = found[-1][0] + 1
        return found[:-6]


@pytest.fixture
def recorder(chain: Chain) -> Recorder:  # noqa: F811
    return Recorder(chain)


def test_the_snapshot_is_the_whole_of_one_moment(chain: Chain) -> None:  # noqa: F811
    found: list[dict] = []

    def is_whole() -> bool:
        found[:] = [value for _, value in chain.messages() if value.get("op") == "r"]
        return any(value["source"]["snapshot"] == "last" for value in found)

    wait_for(is_whole)
    places = [value["source"]["snapshot"] for value in found]
    assert places[0] == "first"
    found = found[: places.index("last") + 1]
    assert "first" not in places[1 : len(found)]
    assert Counter(value["source"]["table"] for value in found) == {
        table: chain.source.query(f"select count(*) from seeds.{table}")[0][0] for table in COLUMNS
    }
    assert {tuple(value["after"]) for value in found} == set(COLUMNS.values())


def test_changes_arrive_as_they_are_simulated(recorder: Recorder) -> None:
    """The tests without servers stand on simulated_trs.py."""
    workload = Workload(recorder.source, seed=5)
    recorder.new()
    for _ in range(100):
        workload.change()
    found = recorder.new()
    assert changes(found) == workload.simulated
    # Transactions do not mix.
    assert re.fullmatch("(B[cud]*E)*", markers(found))
    for _, value in found:
        if "status" in value:
            transaction = value["id"]
        else:
            assert value["transaction"]["id"] == transaction


@pytest.mark.parametrize(
    ("statements", "order"),
    [
        (["begin", "update trs.skus set item_name = 'x'", "rollback"], ""),
        (["create or replace table trs.other (a int)", "insert into trs.other values (1)"], "BBE"),
        (["alter table trs.skus add note int", "alter table trs.skus drop note"], "BB"),
        (["truncate table trs.skus", "insert into trs.skus select * from seeds.skus"], f"BtB{'c' * 100}E"),
    ],
    ids=["rolled back", "of another table", "definition of a table", "truncated"],
)
def test_what_is_no_change_of_a_row(recorder: Recorder, statements: list[str], order: str) -> None:
    """What defines a table begins and never ends."""
    recorder.source.query(*statements)
    assert markers(recorder.new()) == order


def test_values(recorder: Recorder) -> None:
    recorder.source.query(
        "insert into trs.accounts values"
        " (901, 'Müller é', 'x', 'two\r\nlines, \"quoted\" 😀', null, 'F', '0021-05-12')",
        "insert into trs.skus values ('new', '', null, 7, 12345678.90)",
        "insert into trs.invoices values (18446744073709551615, 901, '2021-05-12', null)",
        # They are lost on the way: docs/connector.md says what keeps them out of TRS.
        "insert into trs.invoices values"
        " (900001, 901, '0000-00-00', '0000-00-00'), (900002, 901, '2021-05-12', '2021-00-10')",
    )
    assert [after for *_, after in changes(recorder.new())] == [
        {
            "account_id": 901,
            "company_name": "Müller é",
            "contact_person": 'two\r\nlines, "quoted" 😀',
            "contact_phone": None,
            "joining_date": "0021-05-12Z",
        },
        {
            "item_id": "new",
            "item_name": "",
            "item_description": None,
            "item_cost_price": "7.00",
            "item_retail_price": "12345678.90",
        },
        {"invoice_id": 2**64 - 1, "account_id": 901, "date_issued": "2021-05-12Z", "payment_dates": None},
        {"invoice_id": 900001, "account_id": 901, "date_issued": "1970-01-01Z", "payment_dates": None},
        {"invoice_id": 900002, "account_id": 901, "date_issued": "2021-05-12Z", "payment_dates": None},
    ]
    recorder.source.query(
        "delete from trs.invoices where account_id = 901",
        "delete from trs.accounts where account_id = 901",
        "delete from trs.skus where item_id = 'new'",
    )


def test_killed_in_the_middle_of_a_transaction(chain: Chain, recorder: Recorder) -> None:  # noqa: F811
    """Nothing comes twice. If it begins again, then with the same id, and Debezium counts its changes anew."""
    rows = chain.source.query("select count(*) from trs.invoice_line_items")[0][0]
    chain.source.query("update trs.invoice_line_items set quantity = quantity + 1")
    wait_for(lambda: len(chain.messages(recorder.start)) > 5000)
    chain.connect.kill()
    chain.connect.start()
    found = recorder.new()
    # It may have been done before it was killed, whether it had noted that or not.
    assert re.fullmatch("Bu+(Bu+E|EBE|E)", markers(found)), re.sub("u+", "u", markers(found))
    assert len({value["id"] for _, value in found if "status" in value}) == 1
    keys = Counter((value["after"]["invoice_id"], value["after"]["item_id"]) for _, value in found if "op" in value)
    assert len(keys) == keys.total() == rows
    assert (found[-1][1]["event_count"] < rows) == (markers(found).count("B") == 2)
