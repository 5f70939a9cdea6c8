"""Measures how fast the program takes in what has piled up, and how much memory that takes; then replays all of it.

pytest --numprocesses=0 -s integration_tests/stream/catch_up.py
"""

import os
import time
from pathlib import Path

import duckdb
from chain import Program, chain  # noqa: F401
from conftest import Project
from test_chain import assert_all_agree, bootstrapped, marts, program, server  # noqa: F401

EVENTS = int(os.environ.get("STREAM_EVENTS", "1000000"))


def test_catch_up(program: Program, bootstrapped: Project, marts: list[str], tmp_path: Path) -> None:  # noqa: F811
    source = program.chain.source
    program.start()
    program.wait_until_readers_see_all()
    assert program.stop() == 0
    old_offset = program.project.query("select next_offset from stream.position")[0][0]
    source.query("set global sync_binlog = 0", "set global innodb_flush_log_at_trx_commit = 0")
    started = time.perf_counter()
    with source.connect(database="trs") as connection, connection.cursor() as cursor:
        connection.autocommit(False)
        cursor.execute("select invoice_id from invoices")
        invoices = [invoice_id for (invoice_id,) in cursor.fetchall()]
        written = transactions = 0
        while written < EVENTS:
            some = [invoices[(2 * transactions + offset) % len(invoices)] for offset in range(2)]
            written += cursor.execute(
                "update invoice_line_items set quantity = quantity %% 9 + 1 where invoice_id in %s", [some]
            )
            connection.commit()
            transactions += 1
    # Killed with these settings, the server would forget what it has told the connector.
    source.query("set global sync_binlog = default", "set global innodb_flush_log_at_trx_commit = default")
    print(f"\n{written:,} changes in {transactions:,} transactions: MariaDB {time.perf_counter() - started:.0f} s")
    program.chain.wait_until_topic_has_all()
    print(f"in the topic after {time.perf_counter() - started:.0f} s")

    take_in(program, written, "taken in")
    assert_all_agree(program, bootstrapped, marts, tmp_path / "twin")
    with duckdb.connect(program.project.database) as connection:
        connection.execute("update stream.position set next_offset = ?", [old_offset])
        connection.execute(f'delete from raw.change_events where "offset" >= {old_offset}')
    take_in(program, written, "replayed")
    assert_all_agree(program, bootstrapped, marts, tmp_path / "second_twin")


def take_in(program: Program, changes: int, what: str) -> None:  # noqa: F811
    started = time.perf_counter()
    program.start()
    ready = time.perf_counter()
    program.wait_until_readers_see_all(seconds=3600)
    seconds = time.perf_counter() - ready
    status = Path(f"/proc/{program.process.pid}/status").read_text()
    peak = int(status.split("VmHWM:")[1].split()[0]) / 1024
    print(
        f"{what} in {seconds:.0f} s after {ready - started:.0f} s of starting:"
        f" {changes / seconds:,.0f} changes a second, at most {peak:,.0f} MB of memory"
    )
    assert program.stop() == 0
