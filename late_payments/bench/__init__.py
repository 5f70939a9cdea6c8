"""What the project costs in time and memory, beside the least that would do: `python -m late_payments.bench SCALE …`.

__main__   runs everything on the same extracts, compares the tables, prints the figures and keeps them
floor      invoice_features in one script of DuckDB SQL, floor.sql
spark_job  invoice_features by PySpark alone
"""
