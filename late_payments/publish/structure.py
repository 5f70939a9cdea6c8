"""Schemas, tables, columns, comments and grants.

Usually there is nothing to do. What is as it should be is let alone: each statement locks, and could meet autovacuum in
a deadlock; so could comments after grants.
"""

from collections.abc import Iterator, Mapping, Sequence

import psycopg
from psycopg import sql

from late_payments.green import Refused
from late_payments.publish.marts import Mart, Table
from late_payments.publish.publication import PUBLICATIONS


def prepare(connection: psycopg.Connection, marts: Sequence[Mart], readers: Mapping[str, Sequence[str]]) -> None:
    """Make what PostgreSQL lacks for the marts and for audit.publications, in the caller's transaction.

    readers: the roles, and the schemas of marts that each may read. Missing roles are created; nothing is taken from
    anybody.

    Refused, with everything as it was, if a column would go or change its type, because a view of somebody may need it,
    or if a role is missing and the user may not create it.
    """
    tables = [*marts, PUBLICATIONS]
    # Found before any is run: they look at what was there.
    statements = [*additions(connection, tables), *comments(connection, tables), *grants(connection, tables, readers)]
    for statement in statements:
        connection.execute(statement)


def index(connection: psycopg.Connection, mart: Mart, column: str) -> None:
    """Let rows be found by a column, unless an index of anybody's begins with it. In the caller's transaction."""
    found = connection.execute(
        "select 1 from pg_index inner join pg_attribute on attrelid = indrelid and attnum = indkey[0]"
        " where indrelid = to_regclass(%s) and attname = %s and indpred is null",
        [mart.identifier.as_string(connection), column],
    )
    if not found.fetchone():
        connection.execute(sql.SQL("create index on {} ({})").format(mart.identifier, sql.Identifier(column)))


def schemas_of(tables: Sequence[Table]) -> list[str]:
    return list(dict.fromkeys(table.schema for table in tables))


def additions(connection: psycopg.Connection, tables: Sequence[Table]) -> list[sql.Composed]:
    """Statements for the schemas, tables and columns that are missing. Refused as prepare says."""
    schemas = {name for (name,) in connection.execute("select nspname from pg_namespace")}
    published: dict[str, dict[str, str]] = {}
    for table, column, type_ in connection.execute(
        "select nspname || '.' || relname, attname, format_type(atttypid, atttypmod)"
        " from pg_class inner join pg_namespace on pg_namespace.oid = relnamespace"
        " left join pg_attribute on attrelid = pg_class.oid and attnum > 0 and not attisdropped"
        " where nspname = any(%s)",
        [schemas_of(tables)],
    ):
        published.setdefault(table, {})[column] = type_
    statements, refusals = [], []
    for schema in schemas_of(tables):
        if schema not in schemas:
            statements.append(sql.SQL("create schema {}").format(sql.Identifier(schema)))
    for table in tables:
        if str(table) not in published:
            statements.append(sql.SQL("create table {} ()").format(table.identifier))
        # A table without columns has one row here, of nulls.
        old = {column: type_ for column, type_ in published.get(str(table), {}).items() if column is not None}
        for column in table.columns:
            if column.name not in old:
                statements.append(
                    sql.SQL("alter table {} add column {} {}").format(
                        table.identifier, sql.Identifier(column.name), sql.SQL(column.type)
                    )
                )
            elif old[column.name] != column.type:
                refusals.append(
                    f"{table}.{column.name} is {old[column.name]} in PostgreSQL and would become {column.type}"
                )
        for name in old.keys() - {column.name for column in table.columns}:
            refusals.append(f"{table}.{name} is in PostgreSQL and no longer in the mart")
    if refusals:
        raise Refused(
            "What others built on the published tables would break, so nothing was published:\n- "
            + "\n- ".join(sorted(refusals))
        )
    return statements


def comments(connection: psycopg.Connection, tables: Sequence[Table]) -> Iterator[sql.Composed]:
    """Statements that give tables and columns their descriptions where they differ."""
    published = {
        (schema, table, column): comment
        for schema, table, column, comment in connection.execute(
            "select nspname, relname, attname, description from pg_description"
            " inner join pg_class on pg_class.oid = objoid and classoid = 'pg_class'::regclass"
            " inner join pg_namespace on pg_namespace.oid = relnamespace"
            " left join pg_attribute on attrelid = objoid and attnum = objsubid and attnum > 0"
            " where nspname = any(%s)",
            [schemas_of(tables)],
        )
    }
    for table in tables:
        if published.get((table.schema, table.name, None), "") != table.description:
            yield sql.SQL("comment on table {} is {}").format(table.identifier, table.description)
        for column in table.columns:
            if published.get((table.schema, table.name, column.name), "") != column.description:
                yield sql.SQL("comment on column {}.{} is {}").format(
                    table.identifier, sql.Identifier(column.name), column.description
                )


def grants(
    connection: psycopg.Connection, tables: Sequence[Table], readers: Mapping[str, Sequence[str]]
) -> Iterator[sql.Composed]:
    """Statements that create missing roles and let each read its tables. Refused as prepare says."""
    asked = [list(readers), schemas_of(tables)]
    roles = {name for (name,) in connection.execute("select rolname from pg_roles")}
    may_use = set(
        connection.execute(
            "select rolname, nspname from pg_roles cross join pg_namespace"
            " where rolname = any(%s) and nspname = any(%s)"
            " and has_schema_privilege(pg_roles.oid, pg_namespace.oid, 'usage')",
            asked,
        )
    )
    may_read = set(
        connection.execute(
            "select rolname, nspname || '.' || relname from pg_roles cross join pg_class"
            " inner join pg_namespace on pg_namespace.oid = relnamespace where rolname = any(%s) and nspname = any(%s)"
            " and has_table_privilege(pg_roles.oid, pg_class.oid, 'select')",
            asked,
        )
    )
    for role, schemas in readers.items():
        reader = sql.Identifier(role)
        if role not in roles:
            refuse_unless_roles_may_be_created(connection, role)
            yield sql.SQL("create role {} nologin").format(reader)
        readable = [table for table in tables if table.schema in (*schemas, PUBLICATIONS.schema)]
        for schema in schemas_of(readable):
            if (role, schema) not in may_use:
                yield sql.SQL("grant usage on schema {} to {}").format(sql.Identifier(schema), reader)
        for table in readable:
            if (role, str(table)) not in may_read:
                yield sql.SQL("grant select on {} to {}").format(table.identifier, reader)


def refuse_unless_roles_may_be_created(connection: psycopg.Connection, role: str) -> None:
    for user, may in connection.execute(
        "select rolname, rolsuper or rolcreaterole from pg_roles where rolname = current_user"
    ):
        if not may:
            raise Refused(
                f"The role {role} does not exist on the PostgreSQL server, and {user} may not create it. Nothing was"
                f" published. Let an administrator run there: create role {role} nologin"
            )
