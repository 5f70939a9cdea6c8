"""Reads transactions: cuts the messages of the connector where the source committed, and nowhere else.

The connector writes BEGIN, rows, END of each transaction into one topic, in the order of the binlog. Rows of its
snapshot belong to no transaction: they are one, and its last row says so. Events are not counted: the connector's own
count starts again when it does.
"""

import json
from collections import deque
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from late_payments.landing.transaction import Refused
from late_payments.stream.compiled import Source

TRUNCATE = "t"


@dataclass(frozen=True)
class Change:
    """A row of a table of TRS that was inserted, changed, deleted or photographed, as delivered."""

    offset: int
    text: str
    table: str
    # Whether it ends what the table held before: the first row of a snapshot, or a truncate.
    replaces: bool
    # When the connector read it, in milliseconds since 1970, UTC.
    read_at: int


@dataclass(frozen=True)
class Chunk:
    """Changes one after the other, and the offset after them."""

    changes: list[Change]
    next_offset: int
    # Whether the source committed here; else more of the same transaction follows.
    is_whole: bool
    # Whether what came of a transaction before is to be forgotten: its rest will not come.
    starts_over: bool
    # The last transaction that ends here, in the connector's words; empty of a snapshot.
    transaction: str


class Transactions:
    """Takes messages one by one and gives them back in whole transactions."""

    def __init__(self, sources: Collection[Source]) -> None:
        self.sources = {source.name: source for source in sources}
        # Of each source, what an image must have.
        self.needed = {source.name: frozenset(source.columns) for source in sources}
        self.waiting: deque[Change] = deque()
        # Where the source committed: the offset after it, how many of all changes taken in are before it, and its id.
        self.cuts: deque[tuple[int, int, str]] = deque()
        self.taken_in = self.given = 0
        self.begun = ""
        self.photographed: set[str] = set()
        self.starts_over = False
        self.refusal: Refused | None = None
        self.next_offset = 0

    def take_in(self, offset: int, text: bytes | None) -> None:
        """Take in the value of a message. What is wrong with it is raised when all before it has been given."""
        if self.refusal is None:
            try:
                if text is not None:
                    self.understand(offset, text)
                self.next_offset = offset + 1
            except Refused as refusal:
                self.refusal = refusal

    def give(self, at_most: int) -> Chunk | None:
        """All whole transactions that fit, the first of them in any case; of one that has not ended yet a part, if that
        alone is more than fits; else nothing. Refused, naming the connector's setting, if a message cannot be used.
        """
        starts_over, self.starts_over = self.starts_over, False
        cut = None
        while self.cuts and (cut is None or self.cuts[0][1] - self.given <= at_most):
            cut = self.cuts.popleft()
        if cut:
            offset, number, transaction = cut
            return Chunk(self.hand_over(number - self.given), offset, True, starts_over, transaction)
        if self.refusal:
            raise self.refusal
        if len(self.waiting) > at_most:
            changes = self.hand_over(len(self.waiting))
            return Chunk(changes, changes[-1].offset + 1, False, starts_over, "")
        self.starts_over = starts_over
        return None

    def hand_over(self, number: int) -> list[Change]:
        self.given += number
        return [self.waiting.popleft() for _ in range(number)]

    def understand(self, offset: int, text: bytes) -> None:
        try:
            message = json.loads(text)
        except ValueError:
            message = None
        if not isinstance(message, dict):
            raise Refused(f"Offset {offset} is no JSON: set the connector's value.converter to JsonConverter.")
        if "status" in message and "op" not in message:
            self.take_in_marker(offset, message)
        elif "op" in message and isinstance(message.get("source"), dict):
            self.take_in_row(offset, text.decode(), message)
        elif "payload" in message:
            raise Refused(
                f"Offset {offset} carries its schema: set the connector's value.converter.schemas.enable to false."
            )
        else:
            raise Refused(
                f"Offset {offset} is no change event of Debezium: only its rows and transactions may be in the topic."
            )

    def take_in_marker(self, offset: int, marker: dict[str, Any]) -> None:
        if marker["status"] == "BEGIN":
            self.begun = marker["id"]
        else:
            self.cut(offset, marker["id"])
            self.begun = ""

    def take_in_row(self, offset: int, text: str, event: dict[str, Any]) -> None:
        source = self.sources.get(event["source"].get("table"))
        # "false", or which row of the snapshot this is. Of an incremental one each row is whole by itself.
        snapshot = str(event["source"].get("snapshot") or "false").lower()
        of_snapshot = event["op"] == "r" and snapshot != "incremental"
        if of_snapshot and snapshot == "first":
            self.forget()
        if source:
            self.waiting.append(self.change(offset, text, event, source, of_snapshot))
            self.taken_in += 1
        transaction = (event.get("transaction") or {}).get("id")
        if of_snapshot:
            if snapshot == "last":
                self.photographed.clear()
                self.cut(offset, "")
        elif event["op"] in ("r", TRUNCATE):
            if not transaction:
                self.cut(offset, "")
        elif not transaction:
            raise Refused(
                f"Offset {offset} does not say to which transaction it belongs: set the connector's"
                " provide.transaction.metadata to true."
            )
        elif transaction != self.begun:
            raise Refused(
                f"Offset {offset} belongs to the transaction {transaction}, whose BEGIN is not before it in the topic:"
                " let the connector's transforms (RegexRouter) send the four tables and the topic of transactions into"
                " one topic of one partition. Without an order among them there is no consistent cut."
            )

    def change(self, offset: int, text: str, event: dict[str, Any], source: Source, of_snapshot: bool) -> Change:
        """A row. Refused if it lacks what is needed of it, or has what must not leave TRS."""
        before, after = event.get("before") or {}, event.get("after") or {}
        needed = self.needed[source.name] if after else frozenset(source.key)
        replaces = event["op"] == TRUNCATE
        if not replaces and not needed <= (after or before).keys():
            missing = ", ".join(name for name in source.columns if name in needed - (after or before).keys())
            raise Refused(
                f"{source.name} has no {missing} any more, from offset {offset} on: dropped or renamed in TRS, or left"
                " out by the connector's column.exclude.list, or by binlog_row_image, which must be FULL. Nothing is"
                " lost: what follows stays in the topic. Change sources and models to the new table, build, and start"
                " the stream again."
            )
        if withheld := source.withheld & (before.keys() | after.keys()):
            raise Refused(
                f"Offset {offset} holds {', '.join(sorted(withheld))} of {source.name}, which must not leave TRS: name"
                " them in the connector's column.exclude.list. Nothing of it was kept."
            )
        if any(isinstance(after.get(name), int) for name in source.dates):
            raise Refused(
                f"Offset {offset} has a date of {source.name} as a number: set the connector's time.precision.mode to"
                " isostring."
            )
        if of_snapshot and source.name not in self.photographed:
            self.photographed.add(source.name)
            replaces = True
        return Change(offset, text, source.name, replaces, event.get("ts_ms") or 0)

    def cut(self, offset: int, transaction: str) -> None:
        self.cuts.append((offset + 1, self.taken_in, transaction))

    def forget(self) -> None:
        """Forget what was not committed: the connector was stopped in the middle, and begins its snapshot again."""
        uncommitted = self.taken_in - (self.cuts[-1][1] if self.cuts else self.given)
        for _ in range(min(uncommitted, len(self.waiting))):
            self.waiting.pop()
            self.taken_in -= 1
        self.photographed.clear()
        self.begun = ""
        self.starts_over = not self.cuts
