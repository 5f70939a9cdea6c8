"""What audit.runs says about a landing. The macro create_audit makes it, and its columns."""

import json
from datetime import datetime, timezone
from uuid import uuid4

import duckdb


class Record:
    """A landing in audit.run_events, begun on being made."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, source: str) -> None:
        self.connection = connection
        self.run_id = str(uuid4())
        self.add("begun", command="land", source=source, outcome="it is still running, or was stopped")

    def landed(self, rows: dict[str, int]) -> None:
        """Note the number of rows of each table, within the transaction that lands them."""
        self.add("ended", outcome="landed", rows_landed=json.dumps(rows))

    def refused(self) -> None:
        """Note that raw stays as it was."""
        self.add("ended", outcome="refused")

    def add(self, event: str, **facts: str) -> None:
        """Add a row, by the names of the columns."""
        row: dict[str, object] = {
            "event": event,
            "happened_at": datetime.now(timezone.utc).replace(tzinfo=None),
            "run_id": self.run_id,
            "is_replay": False,
            **facts,
        }
        self.connection.execute(
            f"insert into audit.run_events ({', '.join(row)}) values ({', '.join('?' * len(row))})", list(row.values())
        )
