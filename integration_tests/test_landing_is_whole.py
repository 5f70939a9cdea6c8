"""Landing against files damaged at random: each is refused, or lands as Python's csv module reads it.

In process and in memory, with the functions that the command calls. The seed is fixed: every run tries the same files.
"""

import csv
import gzip
import random
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import duckdb
import pytest
from backports import zstd

from late_payments.landing import csv_file
from late_payments.landing.extracts import Directory, fill_from
from late_payments.landing.transaction import Refused, Table, land

FILES = 1_000
COLUMNS = ("item_id", "item_name", "item_description", "item_cost_price", "item_retail_price")
SKUS = Table("skus", "raw", "raw.skus", COLUMNS, COLUMNS)
HEADER = ",".join(COLUMNS)
# Plain; values over several lines; CRLF and a column that nobody needs; every value quoted.
WHOLE = [
    f"{HEADER}\n" + "".join(f"0-00-{row},name {row},words,{row}.00,{row}.50\n" for row in range(30)),
    f"{HEADER}\n" + "".join(f'0-00-{row},"a ""b"", c {row}","two\nlines é😀",1.00,2.00\n' for row in range(20)),
    f"x,{HEADER}\r\n" + "".join(f"x,{row},n,,1.00,2.00\r\n" for row in range(25)),
    "".join('"' + '","'.join(row) + '"\n' for row in [COLUMNS, *[("a", "b", "", "1", "2")] * 20]),
]
PIECES = [b'"', b'""', b"\\", b'\\"', b"\\N", b",", b"\n", b"\r", b"\r\n", b"\n\n", b"\0", b"\xff", b"\xe9", b"\xc3"]
PIECES += [b" ", b"\t", b"'", b"#", b";", b"x", b',"', b'",', b'"\n', b'\n"', b' "', b'" ', b"\xef\xbb\xbf", b"NULL"]


def damaged(content: bytes, chance: random.Random) -> bytes:
    """Cut, doubled, or with something put in, taken out or put in the place of something else, once or a few times."""
    for _ in range(chance.choice([1, 1, 1, 1, 2, 3])):
        at = chance.randrange(len(content) + 1)
        # Often at a place that means something, or near the end.
        if chance.random() < 0.5:
            marks = [place for place, byte in enumerate(content) if byte in b'",\n\r\\']
            at = chance.choice(marks or [at]) + chance.randrange(2)
        elif chance.random() < 0.3:
            at = max(0, len(content) - chance.randrange(40))
        length = chance.choice([1, 1, 1, 2, 10])
        piece = chance.choice(PIECES)
        line_end = content.find(b"\n", at) + 1 or len(content)
        content = chance.choice(
            [
                content[:at],
                content[:at] + piece + content[at:],
                content[:at] + piece + content[at:],
                content[:at] + piece + content[at + length :],
                content[:at] + content[at + length :],
                content + piece,
                content[:line_end] + WHOLE[1].encode()[len(HEADER) + 1 :][:60] + content[line_end:],
                content[:line_end] + piece * chance.randrange(1, 4) + content[line_end:],
                content[:at] + content[line_end:],
            ]
        )
    return content


@pytest.fixture(scope="module")
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


def landed(warehouse: duckdb.DuckDBPyConnection, directory: Path) -> list[tuple[str | None, ...]]:
    """What raw.skus holds after landing from a directory; Refused if that is refused."""
    place = Directory(directory)
    land(warehouse, [SKUS], lambda *given: fill_from(place, *given), str(place), note=lambda rows: None)
    return warehouse.execute("select * from raw.skus").fetchall()


def as_csv_reads(file: Path) -> list[tuple[str, ...]]:
    with open(file, encoding="utf-8-sig", newline="") as text:
        header, *rows = [row for row in csv.reader(text, strict=True) if row]
    assert all(len(row) == len(header) for row in rows), "rows of several widths"
    positions = [header.index(column) for column in COLUMNS]
    # An unquoted \N is a null, a quoted one is not; csv does not tell which it was.
    return [as_csv_has_it([row[position] for position in positions]) for row in rows]


def as_csv_has_it(row: Iterable[str | None]) -> tuple[str, ...]:
    return tuple("" if value in (None, "\\N") else value for value in row)


def test_damaged_files_are_refused_or_land_whole(warehouse: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    chance = random.Random(15)
    file = tmp_path / "skus.csv"
    refused, whole, without_line = 0, 0, []
    for number in range(FILES):
        file.write_bytes(damaged(chance.choice(WHOLE).encode(), chance))
        try:
            rows = landed(warehouse, tmp_path)
        except Refused as refusal:
            refused += 1
            if not any(words in str(refusal) for words in (", line ", "column", "is empty", "has no rows in")):
                without_line.append(str(refusal))
            continue
        assert [as_csv_has_it(row) for row in rows] == as_csv_reads(file), (
            f"file {number} landed differently: {file.read_bytes()!r}"
        )
        whole += 1
    print(f"{FILES} files: {refused} refused, {whole} landed whole, 0 landed differently")
    assert not without_line
    assert refused > FILES / 4 and whole > FILES / 10


ROW = "0-00,new,words,1.00,2.00"

REFUSED = {
    "ends inside a quoted value": (
        f'{HEADER}\n{ROW}\n0-00-000000-0,"Screen 12\\"",new,1.00,2.00\n',
        "line 3: a quotation mark opens a value, and none closes it",
    ),
    "ends where a quoted value begins": (f'{HEADER}\n{ROW}\n"', "line 3: a quotation mark opens a value"),
    "text after a closing quotation mark": (
        f'{HEADER}\n{ROW}\n"a"b,,,1,2\n',
        "line 3: text follows the quotation mark",
    ),
    "a blank before a quotation mark": (f'{HEADER}\n{ROW}\na, "b",c,1,2\n', "line 3: can be read in two ways"),
    "a blank after a quotation mark": (f'{HEADER}\n{ROW}\na,"b" ,c,1,2\n', "line 3: text follows the quotation mark"),
    "a row cut off after one over several lines": (
        f'{HEADER}\n"a\n\nb",n,d,1,2\n{ROW}\n0-00,new\n',
        "line 6: 2 values, and the header names 5 columns",
    ),
    "a value too many": (f"{HEADER}\n{ROW}\n{ROW},x\n", "line 3: 6 values, and the header names 5 columns"),
    "a zero byte": (f"{HEADER}\n{ROW}\n0-00,n\0w,,1,2\n", "line 3: not plain UTF-8 text"),
    "UTF-16": (f"{HEADER}\n{ROW}\n".encode("utf-16"), "line 1: not plain UTF-8 text"),
    "half of a letter at the end": (f"{HEADER}\n{ROW}".encode() + b"\xc3", "line 2: not plain UTF-8 text"),
    "a byte that is not text in a column that nobody needs": (
        f"{HEADER},x\n{ROW},".encode() + b"\xe9\n",
        "line 2: not plain UTF-8 text",
    ),
    "line ends of two kinds": (f"{HEADER}\r\n{ROW}\r\n{ROW}\n", "line 3: ends in another way than the first line"),
    "a line of 10 MB": (f"{HEADER}\n{ROW}{'x' * 10_000_000}\n", "line 2: "),
    "a needed column twice": (f"{HEADER},item_id\n{ROW},x\n", "more than one column item_id"),
    "a header that is not CSV": (f'{HEADER},"x\n{ROW},1\n', "line 1: a quotation mark opens a value"),
    "a blank line in the place of the header": (f"\n{HEADER}\n{ROW}\n", "no column item_id"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_with_its_line(warehouse: duckdb.DuckDBPyConnection, tmp_path: Path, case: str) -> None:
    content, says = REFUSED[case]
    (tmp_path / "skus.csv").write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(Refused, match=re.escape(says)):
        landed(warehouse, tmp_path)


VALUES = ("0-00", "new", "words", "1.00", "2.00")
LANDED = {
    "an unnamed column at the end of every line": (f"{HEADER},\n{ROW},\n", [VALUES]),
    "columns of one name that nobody needs": (f"x,x,{HEADER},,\n1,2,{ROW},,\n", [VALUES]),
    "names that look like SQL": (f'"it\'s, ""x""",{HEADER},value_0\n1,{ROW},\n', [VALUES]),
    "a header in quotation marks": (",".join(f'"{name}"' for name in COLUMNS) + f"\n{ROW}\n", [VALUES]),
    "a byte-order mark before quotation marks": (f'\ufeff"item_id"{HEADER[7:]}\n{ROW}\n', [VALUES]),
    "blank lines": (f"{HEADER}\n\n{ROW}\n\n\n{ROW}\n\n", [VALUES, VALUES]),
    "no line end at the end": (f"{HEADER}\n{ROW}", [VALUES]),
    "CRLF": (f"{HEADER}\r\n{ROW}\r\n{ROW}\r\n", [VALUES, VALUES]),
    "MySQL's nulls": (f"{HEADER}\n\\N,\\N,x\\N,,2.00\n", [(None, None, "x\\N", None, "2.00")]),
    "a null that is quoted, a word that is not": (
        f'{HEADER}\n0-00,"\\N",NULL,"",\\N\n',
        [("0-00", "\\N", "NULL", None, None)],
    ),
    "line ends within a value": (f'{HEADER}\n0-00,"a\r\nb\rc\n\n",x,1,2\n', [("0-00", "a\r\nb\rc\n\n", "x", "1", "2")]),
}


@pytest.mark.parametrize("case", LANDED)
def test_landed_as_it_stands(warehouse: duckdb.DuckDBPyConnection, tmp_path: Path, case: str) -> None:
    content, rows = LANDED[case]
    (tmp_path / "skus.csv").write_bytes(content.encode())
    assert landed(warehouse, tmp_path) == rows


NAMES = ["[1]", "a*", "a?", "back\\slash", "it's", "{a,b}", "**", "~", "%5B", "a b"]


@pytest.mark.parametrize("name", NAMES)
def test_a_path_is_no_pattern(warehouse: duckdb.DuckDBPyConnection, tmp_path: Path, name: str) -> None:
    """Beside each there is what it would match."""
    for place in [name, "1", "aa", "ab", "a", "b"]:
        (tmp_path / place).mkdir()
    with pytest.raises(Refused, match="holds no extract of skus"):
        for place in ["1", "aa", "ab", "a", "b"]:
            (tmp_path / place / "skus.csv").write_text(f"{HEADER}\nwrong,,,,\n")
        landed(warehouse, tmp_path / name)
    (tmp_path / name / "skus").mkdir()
    for number, file in enumerate(["1", "11", f"p{name}", "pa", "pab"]):
        (tmp_path / name / "skus" / f"{file}.csv").write_text(f"{HEADER}\n{number},,,,\n")
    assert sorted(row[0] for row in landed(warehouse, tmp_path / name)) == ["0", "1", "2", "3", "4"]


def test_nothing_in_a_folder_is_passed_over_but_notes(warehouse: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    folder = tmp_path / "skus"
    (folder / "_delta").mkdir(parents=True)
    for name in ("a.csv", "_SUCCESS", "._a.csv", ".a.csv.crc"):
        (folder / name).write_text(f"{HEADER}\n{ROW}\n")
    assert landed(warehouse, tmp_path) == [VALUES]
    (folder / "year=2021").mkdir()
    with pytest.raises(Refused, match="skus/year=2021/ is none of"):
        landed(warehouse, tmp_path)


@pytest.mark.parametrize("ending", [".gz", ".zst"])
def test_compressed_files_that_are_cut_off(warehouse: duckdb.DuckDBPyConnection, tmp_path: Path, ending: str) -> None:
    lines = "".join(f"{number},n,,1,2\n" for number in range(50_000))
    parts = [f"{HEADER}\n{lines}".encode(), lines.encode()]
    compress = gzip.compress if ending == ".gz" else zstd.compress
    # In two pieces one after the other, as both formats allow.
    content = b"".join(map(compress, parts))
    file = tmp_path / f"skus.csv{ending}"
    file.write_bytes(content)
    assert len(landed(warehouse, tmp_path)) == 100_000
    for size in (len(content) - 1, len(content) * 3 // 4, len(content) // 3, 5):
        file.write_bytes(content[:size])
        with pytest.raises(Refused, match=f"skus.csv{ending} cannot be read"):
            landed(warehouse, tmp_path)


def test_a_large_file_with_a_quotation_mark_near_its_end(warehouse: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    """Over several blocks and batches."""
    rows = "".join(f"0-{number},name é,,1,2\n" for number in range(300_000))
    (tmp_path / "skus.csv").write_text(f'{HEADER}\n{rows}"x",,,1,2\n')
    assert len(landed(warehouse, tmp_path)) == 300_001
    (tmp_path / "skus.csv").write_text(f'{HEADER}\n{rows}"x,,,1,2\n')
    with pytest.raises(Refused, match="line 300002: a quotation mark opens a value"):
        landed(warehouse, tmp_path)
    (tmp_path / "skus.csv").write_text(f'{HEADER}\n{rows}"x",,,1,2\n1, "x",,1,2\n')
    with pytest.raises(Refused, match="line 300003: can be read in two ways"):
        landed(warehouse, tmp_path)


@pytest.mark.parametrize("content", ["plain", "quoted"])
def test_a_reader_that_loses_a_row_is_found(tmp_path: Path, content: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever DuckDB does: here it is given a file with one row less than the one that is surveyed."""
    file, shorter = tmp_path / "skus.csv", tmp_path / "shorter.csv"
    first = '"0"' if content == "quoted" else "0"
    file.write_text(f"{HEADER}\n{first},,,1,2\n{ROW}\n")
    shorter.write_text(f"{HEADER}\n{first},,,1,2\n")
    monkeypatch.setattr(csv_file, "literal", lambda _: f"'{shorter}'")
    with duckdb.connect() as connection, pytest.raises(Refused):
        landed(connection, tmp_path)
