"""The histories that models read, as the next build will find them.

A build takes its snapshots before it makes what reads them. So the models of the stream read each history together with
the versions that the next snapshot would add now, and price as that build will.
"""

from dataclasses import replace

import duckdb

from late_payments.landing.transaction import quoted
from late_payments.stream.compiled import Compiled, Snapshot


def with_next_versions(connection: duckdb.DuckDBPyConnection, compiled: Compiled) -> Compiled:
    """Make a view of each history in this connection, and let the models read it in its place."""
    models = compiled.models
    for number, snapshot in enumerate(compiled.snapshots):
        view = f"temp.main.next_history_{number}"
        connection.execute(f"create or replace temp view {view.split('.')[-1]} as {next_history(snapshot)}")
        models = tuple(replace(model, sql=model.sql.replace(snapshot.relation, view)) for model in models)
    return replace(compiled, models=models)


def next_history(snapshot: Snapshot) -> str:
    """SQL: a history, and after all its versions those that the next snapshot adds, found as strategy check does."""
    key = quoted(snapshot.key)
    compared = [f"now_there.{quoted(column)} is distinct from latest.{quoted(column)}" for column in snapshot.compared]
    return f"""
        select * from {snapshot.relation}
        union all by name
        select
            now_there.*,
            timestamp '9999-12-30' as dbt_valid_from,
            'False' as dbt_is_deleted
        from ({snapshot.sql}) as now_there
        left join (
            select * from {snapshot.relation}
            where dbt_valid_to = {snapshot.valid_to_now} and dbt_is_deleted = 'False'
        ) as latest
            on now_there.{key} = latest.{key}
        where latest.{key} is null or {" or ".join(compared)}
    """
