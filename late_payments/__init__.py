"""All Python of the project; each room is a module that runs as `python -m late_payments.<room>` from the project.

progress      runs dbt and says how far it is: `python -m late_payments build`, which also lands and publishes if asked
extracts      writes invented extracts of the four tables; `make extracts`
landing       fills the schema raw from files, a bucket or MySQL; `make land`
publish       sends the marts of the last green build to PostgreSQL and to files; `make publish`
report        writes the pages that people look at; `make report`, `make contacts`
green         finds the last green build; never run by itself
servers       what is known of servers, and of their secrets; never run by itself
warehouse     places the database and the exports, opens the one and swaps the other whole; also a plugin of dbt-duckdb
record        what audit.runs says about what is no command of dbt's; never run by itself
evaluate      trains and judges models of late payment on the marts; `make evaluate`
bench         measures the project beside SQL by hand and a PySpark job; `make bench`
deprecations  fails on anything that dbt calls deprecated; part of `make lint`
layers        fails on a model that reads against the layers or has no key test; part of `make lint`

It is not installed: Python finds it from the project's directory, and dbt from that of profiles.yml. Nothing is
imported here, so that `extracts` runs on a Python that has no package yet.
"""
