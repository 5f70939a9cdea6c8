"""Faults of the machine: after each, nothing is half-written and the next plain run succeeds or says what to do."""

import os
import shutil
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest
from conftest import BIN, REAL_MAKE, Project
from scenarios import FAULTS, NEW_ACCOUNT, appended, renamed_and_repriced

LAND = (sys.executable, "-m", "late_payments.landing", "--extracts", "extracts")
# Unit tests would run the slow mart too.
PLAIN_BUILD = (BIN / "dbt", "build", "--vars", "raw: landed")
BUILD = (*REAL_MAKE, "build", "EXTRACTS=extracts")
MART = "models/marts/features/invoice_features.sql"
EXPORT = "macros/publish/exports.sql"
# Adds up numbers for minutes before the first row comes: a slow machine.
SLOW = "(select sum(i) from range(1000000000000) as r (i)) > 0"

is_root = os.geteuid() == 0


@pytest.fixture
def project(landed: Project, tmp_path: Path) -> Project:
    return Project.like(landed, tmp_path / "project")


@contextmanager
def running(project: Project, *command: str | Path) -> Iterator[subprocess.Popen]:
    """A command that is killed with all its children at the end, come what may."""
    process = project.start(*command)
    try:
        yield process
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def wait_for(done, seconds: int = 300) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "it did not come so far"
        time.sleep(0.05)


def wait_for_line(process: subprocess.Popen, words: str) -> None:
    for line in process.stdout:
        if words in line:
            return
    raise AssertionError(f"{words} was never said")


def assert_refused(project: Project, fault: str, *command: str | Path) -> None:
    status, output = project.end(*command)
    for words in FAULTS[fault].says:
        assert words in output
    assert status == FAULTS[fault].status, output
    assert "docs/runbook.md" in output


def assert_next_run_succeeds(project: Project, marts: list[tuple]) -> None:
    project.make("build", "EXTRACTS=extracts")
    assert project.exported() == project.query("select * from features.invoice_features order by inv_id") == marts


def test_killed_during_land(project: Project) -> None:
    before = project.state()
    accounts = (project.path / "extracts/accounts.csv").read_bytes()
    appended("accounts", NEW_ACCOUNT)(project.path / "extracts")
    commit = "connection.commit()"
    wait = "print('all replaced', flush=True); __import__('time').sleep(60); "
    project.replace("late_payments/landing/transaction.py", commit, wait + commit)
    with running(project, *LAND) as process:
        wait_for_line(process, "all replaced")
    assert project.state() == before
    project.replace("late_payments/landing/transaction.py", wait, "")
    (project.path / "extracts/accounts.csv").write_bytes(accounts)
    assert_next_run_succeeds(project, before["marts"])


def test_killed_during_the_mart(project: Project) -> None:
    before = project.state()
    project.replace(MART, "select * from features", f"select * from features where {SLOW}")
    with running(project, *PLAIN_BUILD) as process:
        wait_for_line(process, "START sql table model features.invoice_features")
        time.sleep(1)
    assert project.state() == before
    project.replace(MART, f" where {SLOW}", "")
    assert_next_run_succeeds(project, before["marts"])


def test_killed_during_the_snapshot(project: Project) -> None:
    # Between the two statements of a snapshot: the old version has ended, the new one is not there yet.
    (project.path / "macros/slow_snapshot.sql").write_text(
        "{% macro duckdb__snapshot_merge_sql(target, source, insert_cols) %}"
        "{{ dbt_duckdb.duckdb__snapshot_merge_sql(target, source, insert_cols)"
        f" | replace('insert into', 'select {SLOW}; insert into') }}}}"
        "{% endmacro %}"
    )
    before = project.state()
    renamed_and_repriced(project.path / "extracts")
    project.run(*LAND)
    with running(project, *PLAIN_BUILD) as process:
        wait_for_line(process, "START snapshot history.skus_history")
        time.sleep(2)
    assert {**project.state(), "raw": before["raw"]} == before
    (project.path / "macros/slow_snapshot.sql").unlink()
    project.dbt("build", "--vars", "raw: landed")
    assert project.query("select count(*) from history.skus_history where dbt_valid_to < '9999-01-01'") == [(1,)]


def test_killed_during_the_export(project: Project) -> None:
    before = project.state()
    original = (project.path / EXPORT).read_text()
    # Rows without end, written as they come.
    project.replace(EXPORT, "relation ~ ' order by all", "relation ~ ', range(1000000)")
    with running(project, *PLAIN_BUILD):
        directories = project.path / "exports/builds"
        built = set(directories.iterdir())
        wait_for(lambda: any(file.stat().st_size for file in directories.glob("*/*") if file.parent not in built))
    assert project.state()["exports"] == before["exports"]
    (project.path / EXPORT).write_text(original)
    assert_next_run_succeeds(project, before["marts"])
    assert project.state()["exports"].keys() == before["exports"].keys()
    # What was half written is gone.
    assert all((directory / "manifest.json").exists() for directory in directories.iterdir())


@contextmanager
def small_disk(path: Path, size: int) -> Iterator[None]:
    path.mkdir(exist_ok=True)
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(path)], capture_output=True)
    if mounted.returncode:
        pytest.skip("a small disk cannot be mounted here")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(path)], check=True)


def test_disk_full_during_land(project: Project) -> None:
    before = project.state()
    project.run("make", "extracts", "SCALE=20", "OUT=extracts")
    disk = project.path / "disk"
    with small_disk(disk, project.database.stat().st_size + 1_000_000):
        (disk / "late_payments.duckdb").write_bytes(project.database.read_bytes())
        project.database = disk / "late_payments.duckdb"
        status, output = project.end(*BUILD, LATE_PAYMENTS_DATABASE=str(project.database))
        assert FAULTS["disk_full_during_land"].says[0] in output
        assert status == FAULTS["disk_full_during_land"].status
        assert project.state() == before
        subprocess.run(["mount", "-o", "remount,size=1g", str(disk)], check=True)
        project.run("make", "extracts", "OUT=extracts")
        project.make("build", "EXTRACTS=extracts", LATE_PAYMENTS_DATABASE=str(project.database))
        assert project.state()["marts"] == before["marts"]


def test_disk_full_during_the_export(project: Project) -> None:
    before = project.state()
    old = project.path / "exports/invoice_features.parquet"
    content = old.read_bytes()
    with small_disk(old.parent, len(content) + 50_000):
        old.write_bytes(content)
        assert_refused(project, "disk_full_during_the_export", *BUILD)
        assert old.read_bytes() == content
        assert project.state()["raw"] == before["raw"]
        subprocess.run(["mount", "-o", "remount,size=1g", str(old.parent)], check=True)
        assert_next_run_succeeds(project, before["marts"])


# Root may write anywhere unless that right is taken away.
WITHOUT_RIGHTS = ("setpriv", "--bounding-set=-dac_override,-dac_read_search") if is_root else ()


def test_database_not_writable(project: Project) -> None:
    before = project.state()
    project.database.chmod(0o444)
    assert_refused(project, "database_not_writable", *WITHOUT_RIGHTS, *BUILD)
    assert project.state() == before
    project.database.chmod(0o644)
    assert_next_run_succeeds(project, before["marts"])


def test_exports_not_writable(project: Project) -> None:
    before = project.state()
    (project.path / "exports").chmod(0o555)
    assert_refused(project, "exports_not_writable", *WITHOUT_RIGHTS, *BUILD)
    assert project.state() == before
    (project.path / "exports").chmod(0o755)
    assert_next_run_succeeds(project, before["marts"])


def test_two_builds_at_once(project: Project) -> None:
    before = project.state()
    project.replace(MART, "select * from features", f"select * from features where {SLOW}")
    with running(project, *PLAIN_BUILD) as first:
        wait_for_line(first, "START sql table model features.invoice_features")
        assert_refused(project, "two_builds_at_once", *BUILD)
    assert project.state() == before
    project.replace(MART, f" where {SLOW}", "")
    assert_next_run_succeeds(project, before["marts"])


def test_reader_holds_the_database(project: Project) -> None:
    before = project.state()
    with duckdb.connect(project.database, read_only=True):
        assert_refused(project, "reader_holds_the_database", *BUILD)
    assert project.state() == before
    assert_next_run_succeeds(project, before["marts"])


def test_newer_duckdb(project: Project) -> None:
    before = project.state()
    content = project.database.read_bytes()
    # The version of the file format is a whole number after a checksum and the letters DUCK. The checksum is what
    # DuckDB computes over the rest of the first 4096 bytes, so it is made to fit.
    header = content[8:12] + struct.pack("<Q", 9_999) + content[20:4096]
    checksum = 5381
    for (number,) in struct.iter_unpack("<Q", header):
        checksum ^= number * 0xBF58476D1CE4E5B9 % 2**64
    project.database.write_bytes(struct.pack("<Q", checksum) + header + content[4096:])
    assert_refused(project, "newer_duckdb", *BUILD)
    project.database.write_bytes(content)
    assert project.state() == before


def test_damaged_database(project: Project) -> None:
    before = project.state()
    copy = shutil.copy(project.database, project.path / "copy.duckdb")
    content = bytearray(project.database.read_bytes())
    content[12_288:] = bytes(len(content) - 12_288)
    project.database.write_bytes(content)
    assert_refused(project, "damaged_database", *BUILD)
    exports = {file.name: file.read_bytes() for file in (project.path / "exports").glob("*.parquet")}
    assert exports == before["exports"]
    # As the runbook says: put it aside, put the last copy in its place, and build.
    project.database.rename(project.path / "damaged.duckdb")
    shutil.copy(copy, project.database)
    assert_next_run_succeeds(project, before["marts"])
    assert project.state()["history"] == before["history"]


def test_every_fault_is_tried() -> None:
    assert {f"test_{fault}" for fault in FAULTS} == {name for name in globals() if name.startswith("test_")} - {
        "test_every_fault_is_tried"
    }
