"""How good the call list, the probabilities and the expected receipts would have been, week by week.

    python -m late_payments.backtest DATABASE MANIFEST DIRECTORY [--first DAY] [--last DAY] [--every DAYS] [--length N]

Runs the SQL of the models, as `dbt compile` left it in the manifest, once more over the tables of a live build: those of
the models that follow from int_scored_days, with the days asked for in its place. So the rules judged are those of
production, not a copy. The database is only read; what the models give lies in memory.

Prints tables in Markdown, writes them to DIRECTORY/backtest.md and draws DIRECTORY/backtest.png. Intervals are those of
95 % of the resamples of whole accounts, because the invoices of one account say nearly the same.
"""

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, TypeAlias

import duckdb
import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from numpy.typing import NDArray

# In this schema of a database in memory the models are built.
SCHEMA = "backtest"
# Before this there is too little to learn from.
DAYS_OF_HISTORY = 120
RESAMPLES = 1000
WEEKS = 4

Numbers: TypeAlias = NDArray[np.float64]
# A figure of all accounts, each weighted; of accounts of weight 1 it is the figure, of others that of a resample.
Figure: TypeAlias = Callable[[Numbers], float]


def models_after(manifest: dict[str, Any], first: str) -> list[dict[str, Any]]:
    """The intermediate models that follow from one, each after those that it reads."""
    nodes = {key: node for key, node in manifest["nodes"].items() if node["resource_type"] == "model"}
    start = next(key for key, node in nodes.items() if node["name"] == first)
    found = [start]
    for key in found:
        for child in manifest["child_map"][key]:
            if child in nodes and child not in found and nodes[child]["config"]["schema"] == "intermediate":
                found.append(child)
    ordered: list[str] = [start]
    while len(ordered) < len(found):
        ordered += [
            key
            for key in found
            if key not in ordered and not (set(nodes[key]["depends_on"]["nodes"]) & set(found)) - set(ordered)
        ]
    return [nodes[key] for key in ordered]


def replay(connection: duckdb.DuckDBPyConnection, manifest: dict[str, Any], days: list[date]) -> None:
    """Build the models that follow from int_scored_days for some days, in the schema of the back-test.

    Ends the process, if the manifest has no compiled SQL.
    """
    first, *models = models_after(manifest, "int_scored_days")
    connection.execute(f"create schema {SCHEMA}")
    connection.execute(f"create table {SCHEMA}.{first['name']} as select unnest(?::date[]) as scored_day", [days])
    for model in models:
        sql = model.get("compiled_code")
        if not sql:
            sys.exit(f"The manifest holds no compiled SQL of {model['name']}. Run make backtest, which compiles it.")
        for other in (first, *models):
            sql = sql.replace(other["relation_name"], f"{SCHEMA}.{other['name']}")
        connection.execute(f"create table {SCHEMA}.{model['name']} as {sql}")


def days_to_replay(connection: duckdb.DuckDBPyConnection, first: date | None, last: date | None, every: int) -> list[date]:
    """The days asked for, while invoices are issued and of which every outcome has since become known."""
    query = f"select min(date_issued) + {DAYS_OF_HISTORY}, max(date_issued), max(as_of) from intermediate.int_invoices"
    begin, end, as_of = connection.execute(query).fetchall()[0]
    terms = connection.execute("select max(date_due - date_issued) from intermediate.int_invoices").fetchall()[0][0]
    begin, end = first or begin, last or min(end, as_of - timedelta(terms + 1))
    days = [begin + timedelta(number) for number in range(0, (end - begin).days + 1, every)]
    if not days:
        sys.exit(f"There is no day to replay from {begin} to {end}: a back-test needs {DAYS_OF_HISTORY} days of history.")
    return days


@dataclass
class Account:
    """Arrays of one value per day and account with something open on it, in the order of both."""

    days: NDArray[np.int64]
    accounts: NDArray[np.int64]
    columns: dict[str, Numbers]


# What each account owed at the end of a day, and what came of it.
ACCOUNTS = f"""
select
    open_invoices.scored_day - date '1970-01-01' as days,
    open_invoices.account_id as accounts,
    sum(open_invoices.inv_total) as value_open,
    sum(case when days_until_due < 0 then open_invoices.inv_total else 0 end) as value_overdue,
    max(share_late_of_account) as share_late,
    coalesce(max(priorities.expected_late_value), 0) as expected_late_value,
    max(priorities.contact_rank) as contact_rank,
    sum(case when days_until_due < 0 or becomes_late then open_invoices.inv_total else 0 end) as late,
    sum(case when becomes_late then open_invoices.inv_total else 0 end) as late_7d,
    sum(
        case when days_until_due < 0 or becomes_late then open_invoices.inv_total else 0 end
        * date_diff('day', greatest(open_invoices.scored_day, open_invoices.date_due), coalesce(date_paid, as_of))
    ) as dollar_days
from (
    select
        *,
        days_until_due between 0 and 6 and is_late = 1 as becomes_late
    from {SCHEMA}.int_open_invoices
    inner join (select invoice_id, date_paid, is_late, as_of from intermediate.int_invoices) using (invoice_id)
) as open_invoices
left join {SCHEMA}.int_account_priorities as priorities
    on
        open_invoices.scored_day = priorities.scored_day
        and open_invoices.account_id = priorities.account_id
group by all
order by all
"""
