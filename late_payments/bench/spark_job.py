"""The same eight columns by PySpark alone, as the job that this project replaces was built: CSV in, one table out.

    python -m late_payments.bench.spark_job EXTRACTS DIRECTORY

Nothing is tested and nothing kept but the table, as Parquet in the directory.
"""

import os
import sys

from pyspark.sql import DataFrame, SparkSession, Window
from pyspark.sql import functions as f


def main(extracts: str, out: str) -> None:
    """Make invoice_features of a directory of extracts, in place of what the directory out holds."""
    spark = (
        SparkSession.builder.master("local[*]")
        .config("spark.driver.memory", os.environ.get("SPARK_DRIVER_MEMORY", "4g"))
        .config("spark.ui.enabled", "false")
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("ERROR")

    def read(table: str, schema: str) -> DataFrame:
        return spark.read.csv(
            f"{extracts}/{table}.csv", schema, header=True, quote='"', escape='"', multiLine=table == "accounts"
        )

    accounts = read(
        "accounts",
        "account_id long, company_name string, company_address string, contact_person string, contact_phone string,"
        " gender string, joining_date date",
    )
    skus = read(
        "skus",
        "item_id string, item_name string, item_description string, item_cost_price decimal(18,2),"
        " item_retail_price decimal(18,2)",
    )
    invoices = read("invoices", "invoice_id long, account_id long, date_issued date, payment_dates date")
    line_items = read("invoice_line_items", "invoice_id long, item_id string, quantity int")

    totals = (
        line_items.join(skus, "item_id")
        .groupBy("invoice_id")
        .agg(
            f.sum(f.col("quantity") * f.col("item_retail_price")).cast("decimal(18,2)").alias("inv_total"),
            f.sum("quantity").alias("inv_items"),
        )
    )
    as_of = f.lit(invoices.agg(f.greatest(f.max("date_issued"), f.max("payment_dates"))).collect()[0][0])
    by_day = Window.partitionBy("account_id").orderBy(f.unix_date("date_issued"))
    days_to_payment = f.datediff(f.coalesce("payment_dates", as_of), "date_issued")
    (
        invoices.withColumn("num_inv_120d", f.count("*").over(by_day.rangeBetween(-120, -1)))
        .withColumn("cum_tot_inv_acct", f.count("*").over(by_day.rangeBetween(Window.unboundedPreceding, 0)))
        .join(accounts, "account_id")
        .join(totals, "invoice_id")
        .select(
            f.col("invoice_id").alias("inv_id"),
            f.col("account_id").alias("acct_id"),
            "inv_total",
            "inv_items",
            f.datediff("date_issued", "joining_date").alias("acct_age"),
            "num_inv_120d",
            "cum_tot_inv_acct",
            f.when(days_to_payment > 30, 1).when(f.col("payment_dates").isNotNull(), 0).alias("is_late"),
        )
        .write.mode("overwrite")
        .parquet(out)
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
