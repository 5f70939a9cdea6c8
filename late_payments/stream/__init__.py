"""Follows TRS: every mart within a second of a change; `make stream`.

__main__      the command: settings, signals, the loop
settings      which broker, which topic, which PostgreSQL: checked before anything starts
topic         messages of Kafka
transactions  reads transactions: cuts the messages where the source committed
landing       lands them: events as delivered, raw by key
arrivals      remembers when invoices and payments came in
compiled      what dbt has compiled: models, and the tests that stand before the marts
history       prices as the next build will find them
refreshing    refreshes the models by key
stream        one transaction of DuckDB for all of that
publishing    publishes what changed to PostgreSQL
showing       shows how far it is

docs/stream.md says how it is used.
"""
