"""What is published: the marts, as dbt and DuckDB know them."""

from collections.abc import Iterator
from dataclasses import dataclass

import duckdb
from dbt.contracts.graph.manifest import Manifest
from dbt.contracts.graph.nodes import GenericTestNode, ModelNode
from psycopg import sql

from late_payments.green import Refused, public_models

# By DuckDB's name, the one that PostgreSQL's format_type writes. Decimals beside.
TYPES = {
    "bigint": "bigint",
    "boolean": "boolean",
    "date": "date",
    "double": "double precision",
    "integer": "integer",
    "timestamp": "timestamp without time zone",
    "varchar": "text",
}


@dataclass(frozen=True)
class Column:
    """A column of a table in PostgreSQL."""

    name: str
    # As PostgreSQL's format_type writes it.
    type: str
    description: str


@dataclass(frozen=True)
class Table:
    """A table in PostgreSQL, as it ought to be."""

    schema: str
    name: str
    description: str
    # In the order in which rows are written.
    columns: tuple[Column, ...]

    def __str__(self) -> str:
        return f"{self.schema}.{self.name}"

    @property
    def identifier(self) -> sql.Identifier:
        """The table in SQL."""
        return sql.Identifier(self.schema, self.name)

    @property
    def column_names(self) -> sql.Composed:
        """The columns in SQL, in their order."""
        return sql.SQL(", ").join(sql.Identifier(column.name) for column in self.columns)


@dataclass(frozen=True)
class Mart(Table):
    """A mart: its table in PostgreSQL, and where its rows come from."""

    # In DuckDB's SQL.
    relation: str
    # Each a list of columns that a test of dbt's holds unique together.
    keys: tuple[tuple[str, ...], ...]


def published_marts(manifest: Manifest, source: duckdb.DuckDBPyConnection) -> list[Mart]:
    """The marts as they stand in a DuckDB database, in the order of their ids in the manifest.

    The database says which columns there are and of which type, the manifest what they mean. Refused if PostgreSQL has
    no type for one; duckdb.Error if a mart has not been built.
    """
    return [
        Mart(
            schema=model.schema,
            name=model.alias,
            description=model.description,
            columns=tuple(
                Column(name, postgres_type(type_, f"{model.schema}.{model.alias}.{name}"), described(model, name))
                for name, type_, *_ in source.execute(f"describe {model.relation_name}").fetchall()
            ),
            relation=str(model.relation_name),
            keys=tuple(keys(manifest, model)),
        )
        for model in public_models(manifest)
    ]


def described(model: ModelNode, column: str) -> str:
    return model.columns[column].description if column in model.columns else ""


def keys(manifest: Manifest, model: ModelNode) -> Iterator[tuple[str, ...]]:
    """The columns of each test that a row of the model is unique."""
    for node in manifest.nodes.values():
        if isinstance(node, GenericTestNode) and node.attached_node == model.unique_id:
            arguments = node.test_metadata.kwargs
            if node.test_metadata.name == "unique":
                yield (arguments["column_name"],)
            elif node.test_metadata.name == "unique_combination_of_columns":
                yield tuple(arguments["combination_of_columns"])


def postgres_type(type_: str, column: str) -> str:
    """PostgreSQL's type for one of DuckDB's. Refused, naming the column, if there is none."""
    name = type_.lower()
    if name.startswith("decimal"):
        return name.replace("decimal", "numeric")
    if name not in TYPES:
        raise Refused(
            f"{column} is of type {name}, for which late_payments/publish/marts.py names no type of PostgreSQL."
            " Nothing was published."
        )
    return TYPES[name]
