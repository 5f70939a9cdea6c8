"""Fills the schema raw of a DuckDB database: all four tables as text, in one transaction; `make land`.

__main__      the command: what it asks of dbt, what it says
transaction   all tables of a delivery, or none
extracts      which files of a directory or a bucket are the extract of a table
csv_file      one CSV file, landed and proved to be landed whole
parquet_file  one Parquet file
mysql         the tables in MySQL, all of one moment
record        what audit.runs says about it

On Spark landing is a macro: macros/landing.
"""
