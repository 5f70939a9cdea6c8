"""Tables of a page, and how a value is written for people."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

# By kind of column how a value is written. Other kinds are the template's: lines, tick and note.
WRITTEN: dict[str, Callable[[Any], str]] = {
    "text": str,
    "count": lambda value: f"{value:,}",
    "money": lambda value: f"-${-value:,.2f}" if value < 0 else f"${value:,.2f}",
    "percent": lambda value: f"{100 * value:.1f} %",
    "number": lambda value: f"{value:,.1f}",
    "plain": lambda value: f"{value:,.1f}".removesuffix(".0"),
    "fine": lambda value: f"{value:.3f}",
    "day": lambda value: f"{value.day} {value:%b %Y}",
    "month": lambda value: f"{value:%b %Y}",
    "time": lambda value: f"{value:%Y-%m-%d %H:%M:%S}",
}
NUMBERS = ("count", "money", "percent", "number", "plain", "fine")
NOTHING = "–"  # noqa: RUF001


@dataclass(frozen=True)
class Column:
    """A column of a table: the key of its values in a row, its heading, and the kind of them."""

    key: str
    label: str
    kind: str = "text"

    @property
    def is_number(self) -> bool:
        """Whether it is read from the right."""
        return self.kind in NUMBERS

    def written(self, row: dict[str, Any]) -> str:
        """A row's value for people."""
        return written(row[self.key], self.kind)


@dataclass(frozen=True)
class Table:
    """A table. The first column names the row."""

    caption: str
    columns: Sequence[Column]
    rows: Sequence[dict[str, Any]]
    # What it leaves out.
    note: str = ""

    @property
    def is_narrow(self) -> bool:
        """Whether it stays a table on a telephone, where rows of others become cards."""
        return len(self.columns) <= 3 + all(column.kind != "money" for column in self.columns)


def written(value: Any, kind: str) -> str:
    """A value for people; a dash for none."""
    return NOTHING if value is None else WRITTEN[kind](value)
