"""One CSV file, landed and proved to be landed whole.

DuckDB reads it, and its silence proves nothing: it drops the last row of a file that ends inside a quoted value. So the
file is read a second time. Where nothing in it can be read in two ways, a line is a row, and it is enough to count
lines. Any other file is also read by Python's csv module, and each value is compared with the one that was landed.
"""

import csv
import gzip
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import TextIOWrapper
from itertools import islice
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NoReturn, cast

import duckdb

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

if TYPE_CHECKING:
    from _csv import Reader

from late_payments.landing.transaction import Refused, Table, literal, quoted

# DuckDB's own limit, in bytes.
LONGEST_LINE = 2_000_000
BLOCK = 4_000_000
BATCH = 10_000
# What MySQL writes for a null when it writes a file.
NULL = r"\N"

IN_OUR_WORDS = {
    "unexpected end of data": "a quotation mark opens a value, and none closes it",
    "',' expected after '\"'": "text follows the quotation mark that closes a value; within one they are doubled",
    f"field larger than field limit ({LONGEST_LINE})": "a value is longer than 2 MB; is a quotation mark not closed?",
}


@dataclass(frozen=True)
class Survey:
    """What can be said of a file without knowing what CSV is."""

    lines: int
    # No quotation mark, no blank line, and every line ends alike: nothing that could be read in two ways.
    is_plain: bool


def land_csv(connection: duckdb.DuckDBPyConnection, table: Table, file: Path, name: str) -> None:
    """Add the rows of a file to a table, the columns wanted, as text; name is what people call the file.

    An empty value and an unquoted \\N become null. Refused, with the line, if the file is not text, is not CSV, a row
    has more or fewer values than the header, a wanted column is not there exactly once, or not every row was landed as
    it stands in the file.
    """
    survey = surveyed(file, name)
    header = header_of(file, name)
    for column in table.columns:
        if header.count(column) != 1:
            raise Refused(
                f"{name} has {'no column' if column not in header else 'more than one column'} {column}: it must be"
                f" plain UTF-8 text whose first line names {', '.join(table.columns)}, separated by commas."
            )
    positions = [header.index(column) for column in table.columns]
    (rows_before,) = connection.execute(f"select count(*) from {table.relation}").fetchall()[0]
    # The order is only needed where rows are compared, and keeping it costs memory.
    connection.execute(f"set preserve_insertion_order = {not survey.is_plain}")
    names = ", ".join(f"'value_{position}': 'varchar'" for position in range(len(header)))
    values = ", ".join(f"nullif(value_{position}, '')" for position in positions)
    try:
        # Nothing is guessed, and columns have names of our own: only those of the wanted ones mean anything. Of several
        # threads, one that begins in the middle of a quoted value may take its lines for rows.
        ((rows,),) = connection.execute(
            f"insert into {table.relation} select {values} from read_csv([{literal(str(file))}],"
            f" columns = {{{names}}}, auto_detect = false, header = true, delim = ',', quote = '\"', escape = '\"',"
            f" nullstr = '{NULL}', allow_quoted_nulls = false, parallel = {survey.is_plain}, hive_partitioning = false)"
        ).fetchall()
    except duckdb.InvalidInputException as error:
        refuse_what_is_not_csv(file, name, len(header))
        refuse_what_duckdb_cannot_read(file, name, error)
    if not survey.is_plain:
        compare(connection, table, positions, rows_before, file, name)
    elif rows != survey.lines - 1:
        raise Refused(f"{name} has {survey.lines - 1} lines after its header, and DuckDB reads {rows} rows there.")


def surveyed(file: Path, name: str) -> Survey:
    """One pass over the bytes of a file, in bounded memory. Refused if it is empty or not text."""
    lines, is_plain, ends = 0, True, set[bytes]()
    try:
        with opened(file) as stream:
            while block := stream.read(BLOCK):
                block += stream.readline(LONGEST_LINE)
                zero = block.find(b"\0")
                try:
                    if not block.isascii():
                        block.decode()
                except UnicodeDecodeError as error:
                    zero = error.start if zero < 0 else min(zero, error.start)
                if zero >= 0:
                    line = lines + block.count(b"\n", 0, zero) + 1
                    raise Refused(f"{name}, line {line}: not plain UTF-8 text. Compressed, or in another encoding?")
                breaks = block.count(b"\n")
                lines += breaks + (not block.endswith(b"\n"))
                if returns := block.count(b"\r"):
                    is_plain &= returns == breaks == block.count(b"\r\n")
                ends |= {b"\r\n" if returns else b"\n"} if breaks else set()
                blank = b"\r\n\r\n" if returns else b"\n\n"
                is_plain &= b'"' not in block and blank not in block and not block.startswith((b"\n", b"\r"))
                if not block.endswith(b"\n") and stream.peek(1):
                    raise Refused(f"{name}, line {lines}: longer than 2 MB.")
    except (OSError, EOFError, zstd.ZstdError) as error:
        raise Refused(f"{name} cannot be read: {getattr(error, 'strerror', None) or error}") from error
    if not lines:
        raise Refused(f"{name} is empty.")
    return Survey(lines, is_plain and len(ends) < 2)


@contextmanager
def opened(file: Path) -> Iterator["Peekable"]:
    """The bytes of a file, decompressed as its ending says."""
    if file.suffix == ".gz":
        with gzip.open(file, "rb") as stream:
            yield cast(Peekable, stream)
    elif file.suffix == ".zst":
        with zstd.open(file, "rb") as stream:
            yield cast(Peekable, stream)
    else:
        with open(file, "rb") as stream:
            yield cast(Peekable, stream)


class Peekable(BinaryIO):
    """What opened files have in common and typing has no name for."""

    def peek(self, size: int) -> bytes:
        """Some of the bytes to come, none at the end."""
        raise NotImplementedError


@contextmanager
def read(file: Path) -> Iterator["Reader"]:
    """Python's reader of a file of text, strict, at its first line."""
    csv.field_size_limit(LONGEST_LINE)
    with opened(file) as stream, TextIOWrapper(stream, encoding="utf-8-sig", newline="") as text:
        yield csv.reader(text, strict=True)


def header_of(file: Path, name: str) -> list[str]:
    """The names of the columns. Refused if the first line is not CSV."""
    with read(file) as rows:
        try:
            return next(rows, [])
        except csv.Error as error:
            raise Refused(f"{name}, line 1: {in_our_words(error)}.") from error


def compare(
    connection: duckdb.DuckDBPyConnection, table: Table, positions: list[int], offset: int, file: Path, name: str
) -> None:
    """Compare the rows of a table from an offset on with the rows of a file, and refuse it where they differ.

    Positions are those of the columns of the table among the columns of the file.
    """
    wanted = itemgetter(*positions)
    values = ", ".join(f"coalesce({quoted(column)}, '')" for column in table.columns)
    landed = connection.execute(f"select {values} from {table.relation} offset {offset}")
    number = 0
    with read(file) as reader:
        width = len(next(reader))
        # A blank line is no row.
        rows = filter(None, reader)
        try:
            while batch := list(islice(rows, BATCH)):
                if set(map(len, batch)) != {width}:
                    refuse_what_is_not_csv(file, name, width)
                theirs, ours = list(map(wanted, batch)), landed.fetchmany(len(batch))
                # Python's reader does not say what was quoted, so here a null may as well be the text.
                if theirs != ours and list(map(nulls_as_empty, theirs)) != list(map(nulls_as_empty, ours)):
                    refuse_difference(file, name, number, theirs, ours)
                number += len(batch)
        except csv.Error:
            refuse_what_is_not_csv(file, name, width)
    if landed.fetchone():
        raise Refused(f"{name}: DuckDB reads more rows there than the {number} that Python's csv module does.")


def nulls_as_empty(row: tuple[str, ...]) -> tuple[str, ...]:
    """A row with nothing in the place of \\N."""
    return tuple("" if value == NULL else value for value in row)


def refuse_difference(
    file: Path, name: str, number: int, theirs: list[tuple[str, ...]], ours: list[tuple[str, ...]]
) -> NoReturn:
    """Refuse a file by the line of the first row that two readers read in two ways; number is that of the first row."""
    same = 0
    while same < len(ours) and nulls_as_empty(theirs[same]) == nulls_as_empty(ours[same]):
        same += 1
    with read(file) as reader:
        next(reader)
        for _ in islice(filter(None, reader), number + same):
            pass
        raise Refused(f"{name}, line {reader.line_num + 1}: can be read in two ways. Blanks around quotation marks?")


def refuse_what_is_not_csv(file: Path, name: str, width: int) -> None:
    """Refuse a file by its first five rows that have another number of values than its header, or are not CSV."""
    faults: list[str] = []
    with read(file) as reader:
        while len(faults) < 5:
            line = reader.line_num + 1
            try:
                row = next(reader)
            except StopIteration:
                break
            except csv.Error as error:
                faults.append(f"{name}, line {line}: {in_our_words(error)}.")
                break
            if row and len(row) != width:
                faults.append(f"{name}, line {line}: {len(row)} values, and the header names {width} columns.")
    if faults:
        raise Refused("\n".join(faults))


def refuse_what_duckdb_cannot_read(file: Path, name: str, error: duckdb.Error) -> NoReturn:
    """Refuse a file that Python's csv module reads and DuckDB does not."""
    with opened(file) as stream, TextIOWrapper(stream, encoding="utf-8", newline="") as lines:
        first = next(lines)
        for number, line in enumerate(lines, 2):
            if line.endswith(("\n", "\r")) and line[len(line.rstrip("\r\n")) :] != first[len(first.rstrip("\r\n")) :]:
                raise Refused(
                    f"{name}, line {number}: ends in another way than the first line. Let all lines end in LF, or CRLF."
                ) from error
    # The rest of what DuckDB says shows what it could not read.
    near = re.search(r"Line: (\d+)", str(error))
    raise Refused(
        f"{name}, line {near[1] if near else 'unknown'} or near it: Python's csv module reads it, DuckDB does not."
        " Blanks or text around quotation marks, or a row longer than 2 MB?"
    ) from error


def in_our_words(error: csv.Error) -> str:
    """What Python's csv module found."""
    return IN_OUR_WORDS.get(str(error), str(error))
