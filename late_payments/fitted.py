"""Two fitted models that the warehouse scores by itself: Python trains them, and writes them down as SQL.

    python -m late_payments.fitted DATABASE DIRECTORY

Both learn from features.training_set of a live build, of invoices whose due date has passed: of those that are not due
yet, only the punctual ones have a label. Each becomes a query over features.scoring_set, one file for
each model and engine in DIRECTORY: a row per invoice whose outcome is open, with its probability of late payment.
Needs the optional packages of orbital (make .venv/installed-orbital); the back-test, which judges the same two models,
does not.
"""

import argparse
from pathlib import Path
from typing import Any, TypeAlias

import duckdb
import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

ENGINES = ["duckdb", "postgres"]

TRAINING = """(
    select training_set.*
    from features.training_set
    inner join finance.fct_invoices on inv_id = invoice_id
    where date_due < as_of
) as training_set"""

# What the models go by, in SQL over training_set or scoring_set. Of single precision, in which trees compare.
INPUTS = {
    "inv_total": "cast(inv_total as real)",
    "inv_items": "cast(inv_items as real)",
    "inv_lines": "cast(inv_lines as real)",
    "acct_age": "cast(acct_age as real)",
    "num_inv_120d": "cast(num_inv_120d as real)",
    "cum_tot_inv_acct": "cast(cum_tot_inv_acct as real)",
    "log_odds_of_account": """cast(ln(
        least(greatest(share_late, 0.002), 0.998) / (1 - least(greatest(share_late, 0.002), 0.998))
    ) as real)""",
}

Columns: TypeAlias = dict[str, NDArray[Any]]


def pipelines() -> dict[str, Pipeline]:
    """By name: models that have learnt nothing yet, of the kinds that orbital knows."""
    return {
        "logistic regression": make_pipeline(StandardScaler(), LogisticRegression()),
        "gradient-boosted trees": make_pipeline(GradientBoostingClassifier(random_state=0)),
    }


def inputs_of(relation: str, *others: str) -> str:
    """SQL for the inputs of a model, and other columns of the relation before them.

    Without the invoices of which nothing was known of any account when they were issued.
    """
    columns = [*others, *(f"{sql} as {name}" for name, sql in INPUTS.items())]
    listed = ",\n    ".join(columns)
    return f"select\n    {listed}\nfrom {relation}\nwhere share_late is not null"


def matrix(columns: Columns) -> NDArray[np.float64]:
    """The inputs of a model, of shape (invoices, inputs)."""
    return np.column_stack([columns[name].astype(float) for name in INPUTS])


def as_sql(pipeline: Pipeline, engine: str, key: str = "inv_id") -> str:
    """A fitted pipeline as SQL: key and probability_late of each row of scoring_set.

    engine: duckdb or postgres.
    """
    import orbital
    from orbital.types import DoubleColumnType, Int64ColumnType

    parsed = orbital.parse_pipeline(pipeline, {name: DoubleColumnType() for name in INPUTS})
    # No input of the pipeline, but a column that its SQL may take along.
    parsed.features[key] = Int64ColumnType()
    scores = orbital.export_sql("inputs", parsed, engine, orbital.ResultsProjection([key]))
    return f"""with

inputs as (

{inputs_of("features.scoring_set", key)}

),

scores as (

{scores}

)

select
    {key},
    "output_probability.1" as probability_late
from scores
"""


def main() -> None:
    """Train, and write what the command line names."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("database", type=Path, help="DuckDB file with a live build")
    parser.add_argument("directory", type=Path, help="where to write the SQL")
    arguments = parser.parse_args()
    with duckdb.connect(arguments.database, read_only=True) as connection:
        known = connection.execute(inputs_of(TRAINING, "is_late") + " order by inv_id").fetchnumpy()
    arguments.directory.mkdir(parents=True, exist_ok=True)
    for name, pipeline in pipelines().items():
        pipeline.fit(matrix(known), known["is_late"])
        for engine in ENGINES:
            file = arguments.directory / f"{name.replace(' ', '_').replace('-', '_')}_{engine}.sql"
            file.write_text(as_sql(pipeline, engine), encoding="utf-8")
            print(file)


if __name__ == "__main__":
    main()
