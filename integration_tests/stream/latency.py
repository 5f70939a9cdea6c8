"""Measures the time from a commit in MariaDB to the rows in PostgreSQL, of single changes of every kind.

pytest --numprocesses=0 -s integration_tests/stream/latency.py

STREAM_EXTRACTS=directory is another TRS than the seeds. Of a large one STREAM_SNAPSHOT=no_data saves the connector's
snapshot: what was there before, the build has landed.
"""

import os
import random
import statistics
import time
from collections import defaultdict

from chain import Program, chain  # noqa: F401
from test_chain import bootstrapped, program, server  # noqa: F401
from workload import Workload

CHANGES = int(os.environ.get("STREAM_CHANGES", "240"))


def test_latency(program: Program) -> None:  # noqa: F811
    """A change is seen when the transaction in PostgreSQL that holds it, all marts, has committed."""
    program.chain.wait_until_topic_has_all()
    program.start()
    program.wait_until_readers_see_all(seconds=1800)
    workload = Workload(program.chain.source, seed=7)
    # Renamed in each transaction: when readers see its new name, they see all of the transaction.
    del workload.tables["accounts"][("999999",)]
    rename = "update accounts set company_name = %s where account_id = 999999"
    pause = random.Random(7)
    seconds: dict[str, list[float]] = defaultdict(list)
    with program.target.connect() as connection:
        for number in range(CHANGES):
            name = f"change {number}"
            workload.also = [(rename, [name])]
            kind = workload.any_change()
            committed = time.perf_counter()
            seen = "select 1 from finance.dim_accounts where account_id = 999999 and company_name = %s"
            while kind != "rolled_back" and not connection.execute(seen, [name]).fetchall():
                assert time.perf_counter() < committed + 120, program.said()[-3000:]
                time.sleep(0.005)
            if kind != "rolled_back":
                seconds[kind].append(time.perf_counter() - committed)
            time.sleep(pause.uniform(0, 1))
    print()
    for kind, values in sorted(seconds.items(), key=lambda item: statistics.median(item[1])):
        print(f"{kind:30} {len(values):4} median {statistics.median(values):6.2f} s, most {max(values):6.2f} s")
    values = sorted(value for kind in seconds.values() for value in kind)
    print(
        f"{'all':30} {len(values):4} median {statistics.median(values):6.2f} s,"
        f" 95 % within {values[int(0.95 * len(values))]:.2f} s, most {values[-1]:.2f} s; load {os.getloadavg()[0]:.1f}"
    )
