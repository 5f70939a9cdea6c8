"""Messages are cut where the source committed, and refused where they cannot be used."""

import json
from typing import Any

import pytest

from late_payments.landing.transaction import Refused
from late_payments.stream.compiled import Source
from late_payments.stream.transactions import Transactions

INVOICES = Source(
    "invoices",
    '"raw"."invoices"',
    ("invoice_id", "account_id", "date_issued"),
    frozenset({"date_issued"}),
    ("invoice_id",),
    frozenset(),
)
ACCOUNTS = Source("accounts", '"raw"."accounts"', ("account_id",), frozenset(), ("account_id",), frozenset({"gender"}))
INVOICE = {"invoice_id": 1, "account_id": 2, "date_issued": "2021-04-12Z"}


def row(
    transaction: str | None = "1",
    after: dict[str, Any] | None = INVOICE,
    table: str = "invoices",
    op: str = "c",
    snapshot: str = "false",
    before: dict[str, Any] | None = None,
) -> dict[str, Any]:
    return {
        "op": op,
        "before": before,
        "after": after,
        "source": {"table": table, "snapshot": snapshot},
        "transaction": transaction and {"id": transaction},
        "ts_ms": 5,
    }


def begin(id_: str = "1") -> dict[str, Any]:
    return {"status": "BEGIN", "id": id_}


def end(id_: str = "1") -> dict[str, Any]:
    return {"status": "END", "id": id_}


def written(message: Any) -> bytes:
    return message if isinstance(message, bytes) else json.dumps(message).encode()


def given(*messages: Any, at_most: int = 100) -> list[tuple[list[int], int, bool, bool]]:
    """Of each chunk the offsets of its changes, the next offset, whether it is whole and whether it starts over."""
    transactions = Transactions([INVOICES, ACCOUNTS])
    chunks = []
    for offset, message in enumerate(messages):
        transactions.take_in(offset, message and written(message))
    while chunk := transactions.give(at_most):
        offsets = [change.offset for change in chunk.changes]
        chunks.append((offsets, chunk.next_offset, chunk.is_whole, chunk.starts_over))
    return chunks


def photo(place: str, table: str = "invoices", **values: Any) -> dict[str, Any]:
    return row(None, {**INVOICE, **values}, table, "r", place)


@pytest.mark.parametrize(
    ("messages", "chunks"),
    [
        ([], []),
        ([begin(), row()], []),
        ([begin(), row(), end()], [([1], 3, True, False)]),
        # One that changes none of the four tables moves on too.
        ([begin(), row(table="others"), end()], [([], 3, True, False)]),
        # Tombstones say nothing.
        ([begin(), row(), None, end()], [([1], 4, True, False)]),
        # Many wait: they are given together.
        ([begin(), row(), end(), begin("2"), row("2"), end("2"), begin("3"), row("3")], [([1, 4], 6, True, False)]),
        # Stopped in the middle of a transaction, the connector begins it again.
        ([begin(), row(), begin(), row(), end()], [([1, 3], 5, True, False)]),
        # A snapshot is one transaction; so is each row of an incremental one, and a truncate outside of any.
        ([photo("first"), photo("true"), photo("last"), begin(), row()], [([0, 1, 2], 3, True, True)]),
        ([photo("first"), photo("true"), photo("first"), photo("last")], [([2, 3], 4, True, True)]),
        ([photo("incremental"), photo("incremental")], [([0, 1], 2, True, False)]),
        ([row(None, None, op="t")], [([0], 1, True, False)]),
        # A snapshot begins anew, and what has ended before stays.
        ([begin(), row(), end(), photo("first"), photo("first"), photo("last")], [([1, 4, 5], 6, True, False)]),
        # Deleted: the key is enough.
        ([begin(), row(after=None, before={"invoice_id": 1}, op="d"), end()], [([1], 3, True, False)]),
        # Added in TRS, and needed by nobody.
        ([begin(), row(after={**INVOICE, "colour": "red"}), end()], [([1], 3, True, False)]),
    ],
)
def test_cuts(messages: list[Any], chunks: list[tuple[list[int], int, bool, bool]]) -> None:
    assert given(*messages) == chunks


def test_a_transaction_that_does_not_fit_comes_in_parts() -> None:
    messages = [begin(), *[row()] * 5, end(), begin("2"), row("2"), end("2")]
    assert given(*messages, at_most=3) == [([1, 2, 3, 4, 5], 7, True, False), ([8], 10, True, False)]
    assert given(*messages[:6], at_most=3) == [([1, 2, 3, 4, 5], 6, False, False)]
    # Parts were given, and the rest will not come: the connector begins with a new snapshot.
    transactions = Transactions([INVOICES])
    for offset, message in enumerate([*messages[:6], photo("first"), photo("last")]):
        transactions.take_in(offset, written(message))
        chunk = transactions.give(3)
        assert (chunk is not None and chunk.starts_over) == (offset == 7)


def test_what_a_transaction_replaces() -> None:
    transactions = Transactions([INVOICES, ACCOUNTS])
    messages = [
        photo("first"),
        photo("true"),
        photo("true", "accounts"),
        photo("last", "accounts"),
        begin(),
        row(),
        end(),
    ]
    for offset, message in enumerate(messages):
        transactions.take_in(offset, written(message))
    chunk = transactions.give(100)
    assert chunk and [change.replaces for change in chunk.changes] == [True, False, True, False, False]


@pytest.mark.parametrize(
    ("message", "says"),
    [
        (b"not json", "Offset 3 is no JSON: set the connector's value.converter to JsonConverter"),
        ('{"op": "ü"}'.encode("latin-1"), "Offset 3 is no JSON"),
        ([], "Offset 3 is no JSON"),
        ({"schema": {}, "payload": {}}, "schemas.enable"),
        ({"whatever": 1}, "no change event of Debezium"),
        (row(None), "provide.transaction.metadata"),
        (row("2"), "RegexRouter"),
        (row(after={"invoice_id": 1, "date_issued": "2021-04-12Z"}), "invoices has no account_id any more"),
        (row(after=None, before={"account_id": 1}, op="d"), "invoices has no invoice_id any more"),
        (row(after={"account_id": 2, "gender": "F"}, table="accounts"), "column.exclude.list"),
        (row(after={"account_id": 2}, before={"gender": "F"}, table="accounts"), "column.exclude.list"),
        (row(after={**INVOICE, "date_issued": 18729}), "time.precision.mode to isostring"),
    ],
)
def test_refused_after_what_came_before_it(message: Any, says: str) -> None:
    transactions = Transactions([INVOICES, ACCOUNTS])
    for offset, sent in enumerate([begin(), row(), end(), message, begin()]):
        transactions.take_in(offset, written(sent))
    chunk = transactions.give(100)
    assert chunk and chunk.next_offset == 3
    with pytest.raises(Refused, match=r"[Oo]ffset 3") as refusal:
        transactions.give(100)
    assert says in str(refusal.value)
    assert transactions.next_offset == 3
