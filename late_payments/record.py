"""What audit.runs says about what is no command of dbt's. The macro create_audit makes it, and its columns."""

from datetime import datetime, timezone
from uuid import uuid4

import duckdb


class Record:
    """A run in audit.run_events, begun on being made. Facts are columns of that table."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, **facts: object) -> None:
        self.connection = connection
        self.run_id = str(uuid4())
        self.add("begun", **facts)

    def ended(self, **facts: object) -> None:
        """Note how it ended, in the transaction at hand if there is one."""
        self.add("ended", **facts)

    def add(self, event: str, **facts: object) -> None:
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
