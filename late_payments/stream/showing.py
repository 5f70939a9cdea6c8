"""Shows how far the stream is: a table on a terminal, a line now and then in a log."""

import statistics
import time
from collections import deque
from dataclasses import dataclass

from rich.console import Console
from rich.live import Live
from rich.table import Table

from late_payments.progress import is_watched

# Between two lines of a log, where nothing has happened that must be said at once.
SECONDS_BETWEEN_LINES = 10


@dataclass
class Facts:
    """What is shown."""

    next_offset: int = 0
    behind: int = 0
    last_transaction: str = ""
    as_of: str = ""
    # Why the marts stay as they were; empty if they do not.
    held_back: str = ""
    # What is wrong with a server that will be tried again; empty if nothing is.
    trouble: str = ""


class Display:
    """What a person sees of a stream."""

    def __init__(self) -> None:
        self.console = Console(soft_wrap=True, highlight=False)
        self.live = Live(console=self.console, auto_refresh=False) if is_watched(self.console) else None
        # When something was published, and the milliseconds since the connector had read it.
        self.latencies: deque[tuple[float, float]] = deque()
        self.said_at = 0.0
        self.said = Facts()
        if self.live:
            self.live.start()

    def arrived(self, read_at: list[int]) -> None:
        """Take note of changes that readers see from now on, by when the connector read each."""
        now = time.time()
        self.latencies.extend((now, now * 1000 - milliseconds) for milliseconds in read_at)

    def show(self, facts: Facts) -> None:
        """Show facts, at once if they are of another kind than before."""
        now = time.time()
        while self.latencies and self.latencies[0][0] < now - 60:
            self.latencies.popleft()
        if self.live:
            self.live.update(self.table(facts), refresh=True)
            return
        is_news = (facts.held_back, facts.trouble) != (self.said.held_back, self.said.trouble)
        has_moved = facts != self.said and now - self.said_at >= SECONDS_BETWEEN_LINES
        if is_news or has_moved:
            rows = self.rows(facts)
            self.say(", ".join(f"{name} {value}" for name, value in rows.items() if value))
            self.said, self.said_at = facts, now

    def say(self, text: str) -> None:
        self.console.print(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {text}", markup=False)

    def close(self) -> None:
        if self.live:
            self.live.stop()

    def table(self, facts: Facts) -> Table:
        table = Table(show_header=False, box=None, padding=(0, 2))
        for name, value in self.rows(facts).items():
            table.add_row(name, value)
        return table

    def rows(self, facts: Facts) -> dict[str, str]:
        values = sorted(milliseconds for _, milliseconds in self.latencies)
        latency = ""
        if values:
            median, most = statistics.median(values) / 1000, values[int(0.95 * (len(values) - 1))] / 1000
            latency = f"{len(values):,} changes, median {median:.2f} s, 95 % within {most:.2f} s"
        return {
            "offset": f"{facts.next_offset:,}",
            "behind": f"{facts.behind:,}",
            "last transaction": facts.last_transaction,
            "as of": facts.as_of,
            "last minute": latency,
            "held back:": facts.held_back,
            "trouble:": facts.trouble,
        }
