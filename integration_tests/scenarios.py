"""Every fault that the project is tried against: what is done, what must be said, how the command must end.

The table in docs/runbook.md is made from these lists, and test_scenarios.py holds the commands to them.
"""

import csv
import gzip
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

# What is as it was after a command that failed.
EVERYTHING = "raw, history, marts, exports"
MARTS = "history, marts, exports"
NOTHING_LOST = "goes on"
# Of what only looks different: it is looked at by `make check`, because the rest of a build sees no more than raw.
SAME_RAW = "goes on, with the same raw"


@dataclass(frozen=True)
class Case:
    """One fault in the extracts or in the words of a command."""

    name: str
    damage: Callable[[Path], None]
    says: tuple[str, ...]
    keeps: str = MARTS
    # Of a plain `dbt build` after `land`; without any, `make build` does both.
    arguments: tuple[str, ...] = ()
    env: dict[str, str] = field(default_factory=dict)
    directory: str = "extracts"
    # make, and dbt when it cannot even parse, end with 2; a dbt run in which something failed ends with 1.
    status: int = 2


@dataclass(frozen=True)
class Fault:
    """A fault of the machine, tried by a test of its own in test_faults.py."""

    name: str
    says: tuple[str, ...]
    status: int | str
    keeps: str


def read(directory: Path, table: str) -> list[list[str]]:
    with open(directory / f"{table}.csv", encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def write(directory: Path, table: str, rows: list[list[str]], **style: str) -> None:
    with open(directory / f"{table}.csv", "w", encoding="utf-8", newline="") as file:
        csv.writer(file, **{"lineterminator": "\n", **style}).writerows(rows)


def cell(table: str, column: str, value: str, row: int = 1) -> Callable[[Path], None]:
    def damage(directory: Path) -> None:
        rows = read(directory, table)
        rows[row][rows[0].index(column)] = value
        write(directory, table, rows)

    return damage


def appended(table: str, *rows: list[str]) -> Callable[[Path], None]:
    return lambda directory: write(directory, table, read(directory, table) + list(rows))


def repeated(table: str, **changes: str) -> Callable[[Path], None]:
    """The first row of a table once more, with some values changed."""

    def damage(directory: Path) -> None:
        rows = read(directory, table)
        rows.append([changes.get(column, value) for column, value in zip(rows[0], rows[1], strict=True)])
        write(directory, table, rows)

    return damage


def rewritten(table: str, change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    def damage(directory: Path) -> None:
        file = directory / f"{table}.csv"
        file.write_bytes(change(file.read_bytes()))

    return damage


def text_appended(table: str, text: str) -> Callable[[Path], None]:
    return rewritten(table, lambda content: content + text.encode())


def columns(table: str, change: Callable[[list[str]], list[str]]) -> Callable[[Path], None]:
    return lambda directory: write(directory, table, [change(row) for row in read(directory, table)])


def then(*damages: Callable[[Path], None]) -> Callable[[Path], None]:
    def damage(directory: Path) -> None:
        for each in damages:
            each(directory)

    return damage


def without_lines_of_invoice_1(directory: Path) -> None:
    rows = read(directory, "invoice_line_items")
    write(directory, "invoice_line_items", [row for row in rows if row[0] != "1"])


def far_future_issue(directory: Path) -> None:
    cell("invoices", "date_issued", "2201-01-01")(directory)
    cell("invoices", "payment_dates", "")(directory)


def far_future_joining(directory: Path) -> None:
    account = read(directory, "invoices")[1][1]
    cell("accounts", "joining_date", "2201-01-01", int(account))(directory)


def rejected(table: str, reason: str, key: str, rows: int = 1) -> tuple[str, ...]:
    return (
        "assert_rejected_rows_within_limit",
        f"raw_table = {table}, reject_reason = {reason}, row_count = {rows}, one_of_the_keys = {key}",
    )


def untouched(directory: Path) -> None:
    pass


# Landed before the damaged file is reached: were landing not one transaction, it would stay.
NEW_ACCOUNT = ["9001", "New", "1 New Road", "N. New", "1", "F", "2021-05-28"]


def renamed_and_repriced(directory: Path) -> None:
    """What the history would show, were a snapshot taken."""
    cell("accounts", "company_name", "Renamed", -1)(directory)
    cell("skus", "item_retail_price", "1.00", -1)(directory)


LINE_1 = "1/0-455-17191-2"
SKU_1 = "0-30-424877-0"
NASTY = (
    "'; drop table raw.accounts; --",
    "{{ var('raw') }} {% raw %}",
    "=cmd|' /C calc'!A0",
    '"quoted, twice"',
    "$dbt_comment_literal_block$",
    "null",
)


def nasty_names(directory: Path) -> None:
    rows = read(directory, "accounts")
    for row, name in zip(rows[1:], NASTY, strict=False):
        row[1] = name
    write(directory, "accounts", rows)


NOT_A_DATE = "is not a date written YYYY-MM-DD"
NOT_A_NUMBER = "is not a whole number"
NOT_AN_AMOUNT = "is not an amount with at most two decimals"
NO_DAY_OF_TRADE = "is not between 1970-01-02 and 2099-12-30"
FAR_PAYMENT = "column_name = payment_dates, delivered_day = 2021-11-20"

ROWS = [
    Case(
        "a date that does not exist",
        cell("invoices", "date_issued", "2021-02-30"),
        rejected("invoices", f"date_issued {NOT_A_DATE}", "1"),
    ),
    Case(
        "a date in another format, 06/04/2021",
        cell("invoices", "payment_dates", "06/04/2021"),
        rejected("invoices", f"payment_dates {NOT_A_DATE}", "1"),
    ),
    Case(
        "a date with a time",
        cell("accounts", "joining_date", "2018-01-13 00:00:00"),
        rejected("accounts", f"joining_date {NOT_A_DATE}", "1"),
    ),
    Case(
        "an account without a name",
        cell("accounts", "company_name", ""),
        rejected("accounts", "company_name is empty", "1"),
    ),
    Case(
        "an invoice without an account",
        cell("invoices", "account_id", ""),
        rejected("invoices", "account_id is empty", "1"),
    ),
    Case(
        "an invoice without an issue date",
        cell("invoices", "date_issued", ""),
        rejected("invoices", "date_issued is empty", "1"),
    ),
    Case(
        "a line item without a quantity",
        cell("invoice_line_items", "quantity", ""),
        rejected("invoice_line_items", "quantity is empty", LINE_1),
    ),
    Case(
        "an id that is not a number",
        cell("invoices", "invoice_id", "INV-1"),
        rejected("invoices", f"invoice_id {NOT_A_NUMBER}", "INV-1"),
    ),
    Case(
        "an id with blanks around it",
        cell("invoices", "account_id", " 1 "),
        rejected("invoices", f"account_id {NOT_A_NUMBER}", "1"),
    ),
    Case(
        "a SKU's id with blanks around it",
        cell("skus", "item_id", f" {SKU_1}"),
        rejected("skus", "item_id has blanks around it", f" {SKU_1}"),
    ),
    Case(
        "quantity 0",
        cell("invoice_line_items", "quantity", "0"),
        rejected("invoice_line_items", "quantity is less than 1", LINE_1),
    ),
    Case(
        "quantity -3",
        cell("invoice_line_items", "quantity", "-3"),
        rejected("invoice_line_items", "quantity is less than 1", LINE_1),
    ),
    Case(
        "quantity 2.5",
        cell("invoice_line_items", "quantity", "2.5"),
        rejected("invoice_line_items", f"quantity {NOT_A_NUMBER}", LINE_1),
    ),
    Case(
        "quantity two",
        cell("invoice_line_items", "quantity", "two"),
        rejected("invoice_line_items", f"quantity {NOT_A_NUMBER}", LINE_1),
    ),
    Case(
        "price $12.30",
        cell("skus", "item_retail_price", "$12.30"),
        rejected("skus", f"item_retail_price {NOT_AN_AMOUNT}", SKU_1),
    ),
    Case(
        "price 1,234.50",
        cell("skus", "item_retail_price", "1,234.50"),
        rejected("skus", f"item_retail_price {NOT_AN_AMOUNT}", SKU_1),
    ),
    Case(
        "price with three decimals",
        cell("skus", "item_retail_price", "12.345"),
        rejected("skus", f"item_retail_price {NOT_AN_AMOUNT}", SKU_1),
    ),
    Case(
        "negative price",
        cell("skus", "item_retail_price", "-12.30"),
        rejected("skus", "item_retail_price is negative", SKU_1),
    ),
    Case("no price", cell("skus", "item_retail_price", ""), rejected("skus", "item_retail_price is empty", SKU_1)),
    Case(
        "payment before issue",
        cell("invoices", "payment_dates", "2001-01-01"),
        rejected("invoices", "payment_dates is before date_issued", "1"),
    ),
    Case(
        "issue before joining",
        cell("accounts", "joining_date", "2021-05-12"),
        ("assert_no_invoice_before_joining", "Invoices issued before their account was opened", "invoice_id = 1,"),
    ),
    Case(
        "account_id without a partner",
        cell("invoices", "account_id", "4711"),
        ("A row of invoices refers to an account_id that accounts does not have", "from_field = 4711"),
    ),
    Case(
        "item_id without a partner",
        cell("invoice_line_items", "item_id", "0-000-00000-0"),
        ("A row of invoice_line_items refers to an item_id that skus does not have", "from_field = 0-000-00000-0"),
    ),
    Case(
        "invoice_id without a partner",
        appended("invoice_line_items", ["471100", SKU_1, "1"]),
        ("A row of invoice_line_items refers to an invoice_id that invoices does not have", "from_field = 471100"),
    ),
    Case(
        "the same account twice",
        repeated("accounts"),
        ("Several rows of accounts have the same account_id", "unique_field = 1, n_records = 2"),
    ),
    Case(
        "the same invoice twice",
        repeated("invoices"),
        ("Several rows of invoices have the same invoice_id", "unique_field = 1, n_records = 2"),
    ),
    Case(
        "one SKU with two prices",
        repeated("skus", item_retail_price="1.00"),
        ("Several rows of skus have the same item_id", f"unique_field = {SKU_1}, n_records = 2"),
    ),
    Case(
        "two lines of one SKU on one invoice",
        repeated("invoice_line_items", quantity="9"),
        (
            "Several rows of invoice_line_items have the same invoice_id and item_id",
            "invoice_id = 1, item_id = 0-455-17191-2, row_count = 2",
        ),
    ),
    Case(
        "an invoice without line items",
        without_lines_of_invoice_1,
        ("Invoices without line items have no total", "invoice_id = 1"),
    ),
    Case(
        "issued far in the future",
        far_future_issue,
        rejected("invoices", f"date_issued {NO_DAY_OF_TRADE}", "1"),
    ),
    Case(
        "paid half a year after all else",
        cell("invoices", "payment_dates", "2021-11-20"),
        ("assert_no_date_far_in_the_future", f"delivered_id = 1, {FAR_PAYMENT}"),
    ),
    Case(
        "the same slip on three payments",
        then(*(cell("invoices", "payment_dates", "2021-11-20", row) for row in (1, 2, 3))),
        ("assert_no_date_far_in_the_future, 3 rows", f"delivered_id = 3, {FAR_PAYMENT}"),
    ),
    Case(
        "a placeholder for a payment that was not made",
        cell("invoices", "payment_dates", "9999-12-31"),
        rejected("invoices", f"payment_dates {NO_DAY_OF_TRADE}", "1"),
    ),
    Case(
        "a placeholder for an unknown joining date",
        cell("accounts", "joining_date", "1000-01-01"),
        rejected("accounts", "joining_date is not between 1900-01-02 and 2099-12-30", "1"),
    ),
    Case(
        "the zero of computers' clocks for a joining date",
        cell("accounts", "joining_date", "1970-01-01"),
        rejected("accounts", "joining_date is 1970-01-01, which stands for no date", "1"),
    ),
    Case(
        "amounts that no type of money holds",
        then(
            cell("skus", "item_retail_price", "9999999999999999.99"),
            cell("invoice_line_items", "item_id", SKU_1),
            cell("invoice_line_items", "quantity", "2147483647"),
        ),
        ("assert_amounts_fit", "A price or a quantity of them is wrong"),
    ),
    Case(
        "joined far in the future",
        far_future_joining,
        rejected("accounts", "joining_date is not between 1900-01-02 and 2099-12-30", "1"),
    ),
]

LIMIT = [
    Case(
        "as many rejected rows as max_bad_rows",
        appended("invoice_line_items", ["1", "x", "two"], ["2", "x", "two"]),
        (
            "WARNING assert_rejected_rows_within_limit, 2 rows",
            "raw_table = invoice_line_items, reject_reason = quantity is not a whole number, row_count = 2",
            "rejected rows  2",
        ),
        keeps=NOTHING_LOST,
        status=0,
        arguments=("--vars", "{raw: landed, max_bad_rows: 2}"),
    ),
    Case(
        "one more rejected row than max_bad_rows",
        appended("invoice_line_items", ["1", "x", "two"], ["2", "x", "two"]),
        ("FAILED assert_rejected_rows_within_limit, 2 rows",),
        arguments=("--vars", "{raw: landed, max_bad_rows: 1}"),
        status=1,
    ),
    Case(
        "an orphan, whatever max_bad_rows",
        appended("invoice_line_items", ["471100", SKU_1, "1"]),
        ("A row of invoice_line_items refers to an invoice_id that invoices does not have",),
        arguments=("--vars", "{raw: landed, max_bad_rows: 1000}"),
        status=1,
    ),
    Case(
        "a duplicate key, whatever max_bad_rows",
        repeated("invoices"),
        ("Several rows of invoices have the same invoice_id",),
        arguments=("--vars", "{raw: landed, max_bad_rows: 1000}"),
        status=1,
    ),
]

FILES = [
    Case(
        "a missing file",
        lambda directory: (directory / "skus.csv").unlink(),
        ("holds no extract of skus",),
        keeps=EVERYTHING,
    ),
    Case(
        "a missing directory",
        lambda directory: directory.rename(directory.with_name("elsewhere")),
        ("holds no extract of accounts",),
        keeps=EVERYTHING,
    ),
    Case(
        "an empty file",
        rewritten("invoices", lambda _: b""),
        ("invoices.csv is empty",),
        keeps=EVERYTHING,
    ),
    Case(
        "a header and nothing else",
        lambda directory: write(directory, "invoices", read(directory, "invoices")[:1]),
        ("invoices has no rows in",),
        keeps=EVERYTHING,
    ),
    Case(
        "a column missing",
        columns("skus", lambda row: row[:-1]),
        ("skus.csv has no column item_retail_price",),
        keeps=EVERYTHING,
    ),
    Case(
        "a column renamed",
        rewritten("invoices", lambda text: text.replace(b"payment_dates", b"payment_date", 1)),
        ("invoices.csv has no column payment_dates",),
        keeps=EVERYTHING,
    ),
    Case(
        "a column added",
        columns("invoices", lambda row: [*row, "x"]),
        ("The four tables can be built",),
        keeps=SAME_RAW,
        status=0,
    ),
    Case(
        "columns in another order",
        columns("accounts", lambda row: row[::-1]),
        ("The four tables can be built",),
        keeps=SAME_RAW,
        status=0,
    ),
    Case(
        "a column twice",
        columns("invoice_line_items", lambda row: [*row, row[-1]]),
        ("invoice_line_items.csv has more than one column quantity",),
        keeps=EVERYTHING,
    ),
    Case(
        "the header once more in the middle",
        lambda directory: appended("invoices", read(directory, "invoices")[0])(directory),
        rejected("invoices", f"invoice_id {NOT_A_NUMBER}", "invoice_id"),
    ),
    Case(
        "another delimiter",
        lambda directory: write(directory, "skus", read(directory, "skus"), delimiter=";"),
        ("skus.csv has no column item_id", "separated by commas"),
        keeps=EVERYTHING,
    ),
    Case(
        "a byte-order mark",
        rewritten("invoices", lambda text: b"\xef\xbb\xbf" + text),
        ("The four tables can be built",),
        keeps=SAME_RAW,
        status=0,
    ),
    Case(
        "CRLF line ends",
        rewritten("invoices", lambda text: text.replace(b"\n", b"\r\n")),
        ("The four tables can be built",),
        keeps=SAME_RAW,
        status=0,
    ),
    Case(
        "Latin-1 bytes",
        rewritten("accounts", lambda text: text.decode().encode("latin-1", "replace")),
        ("accounts.csv, line", "not plain UTF-8 text"),
        keeps=EVERYTHING,
    ),
    Case(
        "an unbalanced quote",
        rewritten("skus", lambda text: text.replace(b",Insulated", b',"Insulated', 1)),
        ("skus.csv, line", "text follows the quotation mark that closes a value"),
        keeps=EVERYTHING,
    ),
    Case(
        "a file cut off in mid-line",
        rewritten(
            "invoice_line_items", lambda text: text[: len(text) // 2 - len(text[: len(text) // 2].split(b"\n")[-1]) + 6]
        ),
        ("invoice_line_items.csv, line", "and the header names 3 columns"),
        keeps=EVERYTHING,
    ),
    Case(
        "a file cut off at a line end",
        lambda directory: write(directory, "invoices", read(directory, "invoices")[:5_000]),
        ("A row of invoice_line_items refers to an invoice_id that invoices does not have",),
    ),
    Case(
        "a field of 10 MB",
        cell("accounts", "company_name", "x" * 10_000_000),
        ("accounts.csv, line 2: longer than 2 MB",),
        keeps=EVERYTHING,
    ),
    Case(
        "gzip where CSV was expected",
        rewritten("invoice_line_items", gzip.compress),
        ("invoice_line_items.csv, line 1: not plain UTF-8 text. Compressed",),
        keeps=EVERYTHING,
    ),
    Case(
        "a file that ends inside a quoted value",
        text_appended("skus", '0-00-000000-0,"Screen 12\\"",new,1.00,2.00\n'),
        ("skus.csv, line 102: a quotation mark opens a value, and none closes it",),
        keeps=EVERYTHING,
    ),
    Case(
        "a blank between a comma and a quotation mark",
        text_appended("skus", '0-00-000000-0, "Screen",new,1.00,2.00\n'),
        ("skus.csv, line 102: can be read in two ways",),
        keeps=EVERYTHING,
    ),
    Case(
        "a zero byte",
        cell("accounts", "contact_person", "a\0b"),
        ("accounts.csv, line", "not plain UTF-8 text"),
        keeps=EVERYTHING,
    ),
    Case(
        "line ends of two kinds",
        text_appended("invoice_line_items", "1,x,2\r\n"),
        ("invoice_line_items.csv, line 53483: ends in another way than the first line",),
        keeps=EVERYTHING,
    ),
    Case(
        "blank lines",
        text_appended("invoices", "\n\n"),
        ("The four tables can be built",),
        keeps=SAME_RAW,
        status=0,
    ),
    Case(
        "a comma at the end of every line",
        columns("invoices", lambda row: [*row, ""]),
        ("The four tables can be built",),
        keeps=SAME_RAW,
        status=0,
    ),
    Case(
        "two columns of one name that nobody needs",
        columns("skus", lambda row: ["note", *row, "note"]),
        ("The four tables can be built",),
        keeps=SAME_RAW,
        status=0,
    ),
    Case(
        "\\N, a null of MySQL, where a value must be",
        cell("accounts", "company_name", "\\N"),
        rejected("accounts", "company_name is empty", "1"),
    ),
    Case(
        "\\N, a null of MySQL, where a value may be missing",
        cell("accounts", "contact_phone", "\\N"),
        ("rejected rows  0",),
        keeps=NOTHING_LOST,
        status=0,
    ),
    Case(
        "a row with too few fields",
        appended("invoices", ["9686", "1", "2021-05-01"]),
        ("invoices.csv, line 9687: 3 values, and the header names 4 columns",),
        keeps=EVERYTHING,
    ),
    Case(
        "a row with too many fields",
        appended("invoices", ["9686", "1", "2021-05-01", "", "x"]),
        ("invoices.csv, line 9687: 5 values, and the header names 4 columns",),
        keeps=EVERYTHING,
    ),
]


def beside_what_it_matches(directory: Path) -> None:
    """Taken for a pattern, batch[1] is batch1."""
    (directory.parent / "batch1").mkdir()
    write(directory.parent / "batch1", "skus", [["wrong"]])


def compressed(table: str, zipped: bool = True) -> Callable[[Path], None]:
    """The extract as a .csv.gz, in the place of the .csv or beside it."""

    def damage(directory: Path) -> None:
        file = directory / f"{table}.csv"
        file.with_suffix(".csv.gz").write_bytes(gzip.compress(file.read_bytes()) if zipped else file.read_bytes())
        file.unlink()

    return damage


def in_folder(table: str, **parts: Callable[[list[list[str]]], list[list[str]]]) -> Callable[[Path], None]:
    """The extract as files in a folder, each with the header and what a function makes of the rows."""

    def damage(directory: Path) -> None:
        header, *rows = read(directory, table)
        (directory / table).mkdir()
        for name, part in parts.items():
            write(directory / table, name, [header, *part(rows)])
        (directory / f"{table}.csv").unlink()

    return damage


def half(number: int) -> Callable[[list[list[str]]], list[list[str]]]:
    return lambda rows: rows[number::2]


FORMATS = [
    Case(
        "a gzip file",
        compressed("invoices"),
        ("The four tables can be built",),
        keeps=SAME_RAW,
        status=0,
    ),
    Case(
        "a folder of several files, one with its columns in another order and one more",
        then(
            in_folder("invoice_line_items", first=half(0), second=half(1)),
            lambda directory: columns("second", lambda row: [*row[::-1], "x"])(directory / "invoice_line_items"),
        ),
        ("The four tables can be built",),
        keeps=SAME_RAW,
        status=0,
    ),
    Case(
        "a folder with a file that lacks a column",
        then(
            in_folder("invoices", first=half(0), second=half(1)),
            lambda directory: columns("second", lambda row: row[:-1])(directory / "invoices"),
        ),
        ("invoices/second.csv has no column payment_dates",),
        keeps=EVERYTHING,
    ),
    Case(
        "a folder with a file that has a line with too few fields",
        then(
            in_folder("invoices", first=half(0), second=half(1)),
            lambda directory: appended("second", ["9686", "1"])(directory / "invoices"),
        ),
        ("invoices/second.csv, line 4844: 2 values, and the header names 4 columns",),
        keeps=EVERYTHING,
    ),
    Case(
        "a folder with a file of no known format",
        then(
            in_folder("invoices", first=half(0), second=half(1)),
            lambda directory: (directory / "invoices/second.csv").rename(directory / "invoices/second.txt"),
        ),
        ("invoices/second.txt is none of *.csv, *.csv.gz, *.csv.zst and *.parquet",),
        keeps=EVERYTHING,
    ),
    Case(
        "an empty folder",
        in_folder("invoices"),
        ("holds no extract of invoices",),
        keeps=EVERYTHING,
    ),
    Case(
        "a file beside a folder",
        then(
            in_folder("invoices", first=half(0), second=half(1)),
            lambda directory: write(directory, "invoices", read(directory / "invoices", "first")),
        ),
        ("holds invoices.csv and invoices/*.csv: it is not clear which is the extract of invoices",),
        keeps=EVERYTHING,
    ),
    Case(
        "two formats of one table",
        lambda directory: (directory / "skus.csv.gz").write_bytes(gzip.compress((directory / "skus.csv").read_bytes())),
        ("holds skus.csv and skus.csv.gz: it is not clear which is the extract of skus",),
        keeps=EVERYTHING,
    ),
    Case(
        "a gzip file that is cut off",
        then(
            compressed("invoices"),
            lambda directory: (directory / "invoices.csv.gz").write_bytes(
                (directory / "invoices.csv.gz").read_bytes()[:-1]
            ),
        ),
        ("invoices.csv.gz cannot be read",),
        keeps=EVERYTHING,
    ),
    Case(
        "a folder within a folder",
        then(
            in_folder("invoices", first=half(0), second=half(1)),
            lambda directory: (directory / "invoices/2021").mkdir(),
        ),
        ("invoices/2021/ is none of *.csv, *.csv.gz, *.csv.zst and *.parquet",),
        keeps=EVERYTHING,
    ),
    Case(
        "plain text where gzip was expected",
        compressed("invoices", zipped=False),
        ("invoices.csv.gz cannot be read: Not a gzipped file",),
        keeps=EVERYTHING,
    ),
]

WORDS = [
    Case(
        "values that look like SQL, Jinja or spreadsheet formulas",
        nasty_names,
        ("rejected rows  0",),
        keeps=NOTHING_LOST,
        status=0,
    ),
    Case(
        "a path with spaces and quotes",
        untouched,
        ("The four tables can be built",),
        keeps=SAME_RAW,
        status=0,
        directory='it\'s "our" extracts; --',
    ),
    Case(
        "a path that is a pattern, beside what it matches",
        beside_what_it_matches,
        ("The four tables can be built",),
        keeps=SAME_RAW,
        status=0,
        directory="batch[1]",
    ),
    Case(
        "as_of that is no day",
        untouched,
        ("The var as_of must be a day written YYYY-MM-DD",),
        keeps=EVERYTHING,
        env={"AS_OF": "2021-02-29"},
    ),
    Case(
        "as_of long after the latest day",
        untouched,
        ("The var as_of may be any day from 2020-05-12 to",),
        env={"AS_OF": "2031-01-01"},
    ),
    Case(
        "as_of before the first invoice",
        untouched,
        ("The var as_of may be any day from 2020-05-12 to",),
        env={"AS_OF": "2020-05-11"},
    ),
    Case(
        "max_idle_days that is no number",
        untouched,
        ("The var max_idle_days must be a whole number",),
        arguments=("--vars", "{raw: landed, max_idle_days: a month}"),
    ),
    Case(
        "as_of with SQL in it",
        untouched,
        ("The var as_of must be a day written YYYY-MM-DD",),
        arguments=("--vars", "{as_of: \"2021-04-12' or '1'='1\"}"),
    ),
    Case(
        "as_of with a quote in the environment",
        untouched,
        ("not valid YAML",),
        keeps=EVERYTHING,
        env={"AS_OF": "2021-04-12'"},
    ),
    Case(
        "as_of set to nothing",
        untouched,
        ("The var as_of must be a day written",),
        keeps=EVERYTHING,
        env={"AS_OF": ""},
    ),
    Case(
        "raw that is neither seeds nor landed",
        untouched,
        ("The var raw must be seeds or landed",),
        arguments=("--vars", '{raw: "landed\' --"}'),
    ),
    Case(
        "payment_terms_days that is no number",
        untouched,
        ("The var payment_terms_days must be a whole number",),
        arguments=("--vars", "{payment_terms_days: 30 or 1=1}"),
    ),
    Case(
        "max_bad_rows that is no number",
        untouched,
        ("The var max_bad_rows must be a whole number",),
        arguments=("--vars", "{max_bad_rows: many}"),
    ),
    Case(
        "a database file with a quote in its name",
        untouched,
        ("The name of the database file must hold no quotes",),
        keeps=EVERYTHING,
        env={"LATE_PAYMENTS_DATABASE": "it's.duckdb"},
    ),
    Case(
        "a database file called like a schema",
        untouched,
        ("The database file must not be called finance.duckdb",),
        keeps=EVERYTHING,
        env={"LATE_PAYMENTS_DATABASE": "finance.duckdb"},
    ),
    Case(
        "a build without its tests",
        untouched,
        ("would write to accounts_history without building and testing all that stands before it",),
        arguments=("--exclude-resource-type", "test", "--vars", "raw: landed"),
    ),
    Case(
        "a build of one snapshot",
        untouched,
        ("would write to invoices_history without building and testing all that stands before it",),
        arguments=("--select", "invoices_history", "--vars", "raw: landed"),
    ),
    Case(
        "a build with --empty",
        untouched,
        ("takes rows for deleted that were only left out",),
        arguments=("--empty", "--vars", "raw: landed"),
    ),
]

CASES = ROWS + LIMIT + FILES + FORMATS + WORDS

LOCKED = ("Could not set lock on file", "Conflicting lock is held")

FAULTS = {
    "killed_during_land": Fault("kill -9 during land", (), "killed", EVERYTHING),
    "killed_during_the_mart": Fault("kill -9 while the mart is built", (), "killed", EVERYTHING),
    "killed_during_the_snapshot": Fault("kill -9 while a snapshot is taken", (), "killed", EVERYTHING),
    "killed_during_the_export": Fault("kill -9 while the parquet file is written", (), "killed", "raw, exports"),
    "disk_full_during_land": Fault("the disk is full during land", ("No space left on device",), 2, EVERYTHING),
    "disk_full_during_the_export": Fault(
        "the disk is full while the parquet file is written", ("No space left on device",), 2, "raw, exports"
    ),
    "database_not_writable": Fault("no permission to write the database", ("Permission denied",), 2, EVERYTHING),
    "exports_not_writable": Fault("no permission to write exports", ("Permission denied",), 2, "raw, exports"),
    "two_builds_at_once": Fault("two builds at once: the second", LOCKED, 2, EVERYTHING),
    "reader_holds_the_database": Fault("a reader holds the database open", LOCKED, 2, EVERYTHING),
    "newer_duckdb": Fault("a database file from a newer DuckDB", ("newer version of DuckDB",), 2, EVERYTHING),
    "damaged_database": Fault("a damaged database file", ("Corrupt database file",), 2, "exports"),
}
