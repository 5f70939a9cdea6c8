"""What dbt has compiled: the models whose SQL is the stream's SQL, and the tests that stand before the marts."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from dbt.artifacts.schemas.run import RunExecutionResult
from dbt.cli.main import dbtRunner
from dbt.contracts.graph.nodes import GenericTestNode

from late_payments.landing.transaction import Refused
from late_payments.progress import Dbt

# Everything after staging reads this model, and it waits for the tests of staging.
GATE = "int_as_of"
# What is touched, and the names that its key has in the columns of models.
KEYS = {"account": ("account_id", "acct_id"), "invoice": ("invoice_id", "inv_id"), "sku": ("item_id",)}
# What says of a day what was known by then, in columns of these names: later changes do not reach it.
DAY = "day"
DAYS = ("scored_day", "known_from", "event_day")


@dataclass(frozen=True)
class Source:
    """A table of TRS as it stands in raw."""

    name: str
    relation: str
    # The columns that some model reads, those among them that are dates, and its key in TRS.
    columns: tuple[str, ...]
    dates: frozenset[str]
    key: tuple[str, ...]
    # Columns that never leave TRS.
    withheld: frozenset[str]

    @property
    def kind(self) -> str:
        """What a change of a row touches first: account, invoice or sku."""
        return next(kind for kind, names in KEYS.items() if self.key[0] in names)


@dataclass(frozen=True)
class Model:
    """A model of the project that is not ephemeral."""

    id: str
    name: str
    relation: str
    sql: str
    is_table: bool
    is_staging: bool
    is_mart: bool
    # account, sku, day or all, as its meta says; of staging's tables the kind of the source that it reads.
    refreshed_by: str | None
    # Whether it also holds what the invoices of all accounts say together.
    across_accounts: bool
    # Whether rows of one account follow from those of the account alone, where it is made again by day.
    within_accounts: bool
    # Ids of the models and sources that it reads, through ephemeral ones too.
    reads: frozenset[str]
    # The column that a test says is unique, or the first of those that are so together: rows are compared by it.
    unique: str | None
    columns: tuple[str, ...]

    def key(self, kind: str) -> str | None:
        """The column that holds the key of an account, an invoice or a SKU, or the day."""
        names = DAYS if kind == DAY else KEYS[kind]
        return next((name for name in names if name in self.columns), None)


@dataclass(frozen=True)
class Test:
    """A data test that stands before the marts."""

    __test__ = False

    name: str
    description: str
    sql: str
    # SQL over its rows: how many failures there are, and the condition on that number that makes it an error.
    fail_calc: str
    error_if: str
    # The id of the model of which the rows of some keys can be judged alone; none if it judges all rows together.
    judged: str | None


@dataclass(frozen=True)
class Snapshot:
    """A history that a model reads."""

    relation: str
    sql: str
    key: str
    compared: tuple[str, ...]
    # SQL: the end of a version that is valid now.
    valid_to_now: str


@dataclass(frozen=True)
class Compiled:
    """The project, in the order in which dbt would run it."""

    sources: dict[str, Source]
    models: tuple[Model, ...]
    gate: tuple[Test, ...]
    snapshots: tuple[Snapshot, ...]

    @cached_property
    def by_id(self) -> dict[str, Model]:
        return {model.id: model for model in self.models}

    def model(self, name: str) -> Model:
        """The model of that name. StopIteration if there is none."""
        return next(model for model in self.models if model.name == name)


def compile_project(dbt: Dbt) -> Compiled:
    """Compile the project, which dbt has read, once.

    Refused if dbt cannot, which it has then said why, or a table does not say what refreshes it.
    """
    manifest = dbt.manifest
    assert manifest
    # Unlike Dbt.run it gives back what was compiled, in the order of a run.
    ran = dbtRunner(manifest).invoke(["--quiet", "--no-print", "--no-write-json", "compile", *dbt.options])
    if not ran.success or not isinstance(ran.result, RunExecutionResult):
        raise Refused(f"dbt cannot compile the project: {ran.exception or 'see above'}")
    nodes: dict[str, Any] = {result.node.unique_id: result.node for result in ran.result.results}
    # What is ephemeral is part of the SQL of what reads it, and no result.
    everything: dict[str, Any] = {**manifest.nodes, **nodes}
    sources = {
        source.unique_id: Source(
            source.name,
            str(source.relation_name),
            tuple(name for name, column in source.columns.items() if not column.config.meta.get("stays_in_raw")),
            frozenset(name for name, column in source.columns.items() if column.config.meta.get("is_date")),
            tuple(source.config.meta["key"]),
            frozenset(name for name, column in source.columns.items() if column.config.meta.get("stays_in_raw")),
        )
        for source in manifest.sources.values()
        if source.source_name == "trs"
    }
    before_gate = ancestors(everything, next(id_ for id_ in nodes if id_.endswith(f".{GATE}")))
    tests = [node for node in nodes.values() if isinstance(node, GenericTestNode)]
    unique = {
        node.attached_node: node.test_metadata.kwargs["combination_of_columns"][0]
        for node in tests
        if node.test_metadata.name == "unique_combination_of_columns"
    }
    unique |= {node.attached_node: node.column_name for node in tests if node.test_metadata.name == "unique"}
    models = tuple(
        model_of(everything, node, sources, before_gate, unique.get(node.unique_id))
        for node in nodes.values()
        if node.resource_type == "model"
    )
    gate = tuple(
        Test(
            node.name,
            node.description.strip(),
            node.compiled_code,
            node.config.fail_calc,
            node.config.error_if,
            # Of a test in SQL the first model that it names.
            None if node.config.meta.get("judged_by") == "all" else attached_to(node) or node.depends_on.nodes[0],
        )
        for node in nodes.values()
        if node.resource_type == "test"
        and node.config.severity.upper() == "ERROR"
        and set(node.depends_on.nodes) <= before_gate
    )
    read = {id_ for node in nodes.values() if node.resource_type == "model" for id_ in node.depends_on.nodes}
    snapshots = tuple(
        Snapshot(
            node.relation_name,
            node.compiled_code,
            node.config.unique_key,
            tuple(node.config.check_cols),
            node.config.dbt_valid_to_current,
        )
        for node in nodes.values()
        if node.resource_type == "snapshot" and node.unique_id in read
    )
    return Compiled(sources, models, gate, snapshots)


def model_of(
    nodes: dict[str, Any], node: Any, sources: dict[str, Source], before_gate: set[str], unique: str | None
) -> Model:
    """A node as a model."""
    reads = frozenset(through_ephemeral(nodes, node.depends_on.nodes))
    is_table = node.config.materialized == "table"
    from_sources = [sources[id_] for id_ in reads if id_ in sources]
    refreshed_by = node.config.meta.get("refreshed_by") or (from_sources[0].kind if from_sources else None)
    if is_table and refreshed_by not in (*KEYS, DAY, "all"):
        raise Refused(
            f"{node.name} does not say what refreshes it: give it meta.refreshed_by, account, sku, day or all, in"
            f" {node.patch_path or node.original_file_path}."
        )
    return Model(
        id=node.unique_id,
        name=node.name,
        relation=node.relation_name,
        sql=node.compiled_code,
        is_table=is_table,
        is_staging=node.unique_id in before_gate,
        is_mart=node.access == "public" and node.contract.enforced,
        refreshed_by=refreshed_by,
        across_accounts=bool(node.config.meta.get("across_accounts")),
        within_accounts=bool(node.config.meta.get("within_accounts")),
        reads=reads,
        unique=unique,
        columns=tuple(node.columns),
    )


def attached_to(node: Any) -> str | None:
    """The id of the model that a test is written beside; none of a test that is a file of SQL."""
    return node.attached_node if isinstance(node, GenericTestNode) else None


def ancestors(nodes: dict[str, Any], unique_id: str) -> set[str]:
    """The ids of all that a node is made of, without itself."""
    found: set[str] = set()
    waiting = [unique_id]
    while waiting:
        node = nodes.get(waiting.pop())
        for parent in node.depends_on.nodes if node else []:
            if parent not in found:
                found.add(parent)
                waiting.append(parent)
    return found


def through_ephemeral(nodes: dict[str, Any], parents: Iterable[str]) -> Iterable[str]:
    """Parents, and in the place of each ephemeral model its own."""
    for parent in parents:
        node = nodes.get(parent)
        if node is not None and node.config.materialized == "ephemeral":
            yield from through_ephemeral(nodes, node.depends_on.nodes)
        else:
            yield parent
