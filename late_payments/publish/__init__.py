"""What others read, sent to PostgreSQL.

__main__      publishes the last green build: `make publish`
marts         what is published: the marts, as dbt and DuckDB know them
structure     schemas, tables, columns, comments and grants
rows          a mart's rows: all of them, or those of some keys
publication   the connection, the one transaction, and what audit.publications says

A program that publishes in its own way needs the last four; `publish` in __main__ shows how they go together.
"""
