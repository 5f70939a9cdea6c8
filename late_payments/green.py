"""The last green build: what is published, and what pages show."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import duckdb
from dbt.contracts.graph.manifest import Manifest
from dbt.contracts.graph.nodes import ModelNode


class Refused(Exception):
    """What keeps something from being published or shown, and what to do. Never shows a value: it may be personal."""


@dataclass(frozen=True)
class Build:
    """A build whose marts are good."""

    id: str
    # UTC.
    built_at: datetime
    source: str
    as_of: date


def public_models(manifest: Manifest) -> list[ModelNode]:
    """The models that are marts, in the order of their ids: the project's, public, with an enforced contract."""
    return [
        node
        for _, node in sorted(manifest.nodes.items())
        if isinstance(node, ModelNode)
        and node.package_name == manifest.metadata.project_name
        and node.access == "public"
        and node.contract.enforced
    ]


def last_green_build(
    source: duckdb.DuckDBPyConnection, models: Sequence[ModelNode], database: str, undone: str, command: str
) -> Build:
    """The build whose marts are good. Refused, saying what to do, unless there is one and it knew all models.

    undone: what has not happened if it is refused, such as "Nothing was published"; command: who then has to be asked
    again, such as "publish".
    """
    if not source.execute("select 1 from duckdb_views() where view_name = 'last_green_build'").fetchone():
        raise nothing_built(source, models[0], database, undone, command)
    last = source.execute(
        "select command, begun_at, outcome from audit.runs where judges_marts order by begun_at desc limit 1"
    ).fetchone()
    if last is None:
        raise nothing_built(source, models[0], database, undone, command)
    green = source.execute("select run_id, begun_at, source, as_of, marts from audit.last_green_build").fetchone()
    if green is None:
        run, begun_at, outcome = last
        raise Refused(
            f"The last build of the marts in {database} did not end green: {run}, started {begun_at} UTC:"
            f" {outcome}. {undone}. Run a whole dbt build, then {command}."
        )
    *facts, built = green
    unbuilt = [model.name for model in models if model.name not in built.split(", ")]
    if unbuilt:
        raise Refused(
            f"The last build of the marts in {database} did not know {', '.join(unbuilt)}. {undone}."
            f" Run a whole dbt build, then {command}."
        )
    return Build(*facts)


def nothing_built(
    source: duckdb.DuckDBPyConnection, model: ModelNode, database: str, undone: str, command: str
) -> Refused:
    """Why there is no such build."""
    replays = source.execute(
        "select distinct table_schema from information_schema.tables"
        " where regexp_matches(table_schema, '_asof_') and table_name = ? order by all",
        [model.alias],
    ).fetchall()
    held = "no marts yet"
    if replays:
        held = f"replays only ({', '.join(schema for (schema,) in replays)}), and no live marts"
    return Refused(f"{database} holds {held}. {undone}. Run a whole dbt build without as_of, then {command}.")
