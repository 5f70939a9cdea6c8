"""What the project costs in time and memory, beside the least that would do: `python -m late_payments.bench SCALE …`.

__main__      runs everything on the same extracts, compares the tables, prints and keeps the figures
floor.sql     invoice_features in one script of DuckDB SQL
spark_job     invoice_features by PySpark alone
"""
