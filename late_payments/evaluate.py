"""What the payment history is worth: two plain models with and without it, judged on invoices they have not seen.

    python -m late_payments.evaluate [--extracts DIRECTORY] [--cut-off DAY] [--out DIRECTORY]

Builds twice, from the extracts or from the seeds, in a database of its own: live, and the replay as of the cut-off. A
model learns from the training_set of the replay, so from invoices issued by the cut-off and from labels known on that
day. It scores the invoices issued later, whose features come from the live build: each holds what was known before its
own day of issue.

Prints tables in Markdown and draws OUT/evaluation.png.

Beside them stands the probability that the project itself computes in SQL on the morning of each issue, which learns
nothing from the training_set.

The gender of an account's contact is read from the extract itself, to report the scores of both groups apart. No model
gets it, and no relation of the warehouse has it.
"""

import argparse
import csv
import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any, TypeAlias

import duckdb
import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from numpy.typing import NDArray
from sklearn.calibration import calibration_curve
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, brier_score_loss, precision_recall_curve, roc_auc_score, roc_curve
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from threadpoolctl import threadpool_limits

from late_payments.landing.__main__ import land_from
from late_payments.progress import Dbt

PROJECT = Path(__file__).parents[1]

EIGHT = ["inv_total", "inv_items", "acct_age", "num_inv_120d", "cum_tot_inv_acct"]
# Counts, amounts and days since: their orders of magnitude matter, so the regression gets their logarithms.
SKEWED = [
    "num_inv_paid",
    "num_inv_paid_late",
    "days_since_last_payment",
    "num_inv_open",
    "num_inv_overdue",
    "value_open",
    "value_overdue",
]
SHARES = ["share_late"]
HISTORY = [*SKEWED, *SHARES, "mean_days_to_pay", "last_days_to_pay"]
LINES = ["inv_lines"]

SETS = {
    "the eight alone": EIGHT,
    "with the payment history": EIGHT + HISTORY,
    "with the payment history and the number of lines": EIGHT + HISTORY + LINES,
    "with share_late and the number of lines only": EIGHT + SHARES + LINES,
}


Numbers: TypeAlias = NDArray[np.float64]
# By model and set of features: the probability of being late of each scored invoice.
Scores: TypeAlias = dict[tuple[str, str], Numbers]


def log_odds(share: Numbers) -> Numbers:
    """Of shares from 0 to 1; those of 0 and 1, which have none, are moved inside."""
    inside = np.clip(share, 0.002, 0.998)
    return np.log(inside / (1 - inside))


def logistic_regression(columns: list[str]) -> Pipeline:
    """A regression on comparable columns. Where a feature is null: the median, and a mark that it was."""
    steps = [
        ("skewed", FunctionTransformer(np.log1p), [columns.index(name) for name in SKEWED if name in columns]),
        ("shares", FunctionTransformer(log_odds), [columns.index(name) for name in SHARES if name in columns]),
    ]
    return make_pipeline(
        ColumnTransformer(steps, remainder="passthrough"),
        SimpleImputer(strategy="median", add_indicator=True),
        StandardScaler(),
        LogisticRegression(max_iter=3000),
    )


def gradient_boosted_trees(columns: list[str]) -> HistGradientBoostingClassifier:
    """Small trees: there are only some thousands of invoices to learn from."""
    return HistGradientBoostingClassifier(
        learning_rate=0.05, max_iter=150, max_leaf_nodes=8, min_samples_leaf=30, l2_regularization=1, random_state=0
    )


MODELS: dict[str, Callable[[list[str]], Any]] = {
    "logistic regression": logistic_regression,
    "gradient-boosted trees": gradient_boosted_trees,
}


# The probability of int_invoice_scores, which is made of the same two features.
CLOSED_FORM = ("closed form", "with share_late and the number of lines only")


@dataclass
class Invoices:
    """Arrays of one value per invoice, all in the same order of invoices."""

    accounts: NDArray[np.int64]
    # By column; null is NaN.
    features: dict[str, Numbers]
    # 1 if late, 0 if not.
    late: NDArray[np.int64]

    def matrix(self, columns: list[str]) -> Numbers:
        """The features named, of shape (invoices, columns)."""
        return np.column_stack([self.features[name] for name in columns])


def read(connection: duckdb.DuckDBPyConnection, sql: str) -> Invoices:
    """The invoices of a query that gives the columns of training_set, in the order of its rows."""
    columns = connection.execute(sql).fetchnumpy()
    features = {}
    for name in EIGHT + HISTORY + LINES:
        features[name] = np.ma.filled(np.ma.asarray(columns[name]).astype(float), np.nan)
    return Invoices(np.asarray(columns["acct_id"]), features, np.asarray(columns["is_late"]).astype(int))


def lift_of_top_tenth(late: NDArray[np.int64], scores: Numbers) -> float:
    """How many times more late invoices are among the tenth with the highest scores than among as many of any."""
    top = np.argsort(-scores, kind="stable")[: len(scores) // 10]
    return float(late[top].mean() / late.mean())


def print_scores(late: NDArray[np.int64], scores: Scores) -> None:
    """A row per model and set of features."""
    print("| model | features | ROC AUC | average precision | lift in the top 10 % | Brier score | mean score |")
    print("|---|---|---|---|---|---|---|")
    for (model, name), score in scores.items():
        print(
            f"| {model} | {name} | {roc_auc_score(late, score):.3f} | {average_precision_score(late, score):.3f}"
            f" | {lift_of_top_tenth(late, score):.2f} | {brier_score_loss(late, score):.4f} | {score.mean():.3f} |"
        )


def print_by_group(test: Invoices, scores: Scores, accounts: Path) -> None:
    """A row per model, set of features and gender, which the extract of accounts knows."""
    with open(accounts, encoding="utf-8", newline="") as file:
        gender = {int(row["account_id"]): row["gender"] for row in csv.DictReader(file)}
    groups = np.array([gender[account] for account in test.accounts])
    print("\n| model | features | gender | invoices | late | mean score | ROC AUC | average precision |")
    print("|---|---|---|---|---|---|---|---|")
    for (model, name), score in scores.items():
        for group in sorted(set(groups)):
            late, of_group = test.late[groups == group], score[groups == group]
            auc = f"{roc_auc_score(late, of_group):.3f}" if 0 < late.sum() < len(late) else ""
            print(
                f"| {model} | {name} | {group} | {len(late):,} | {late.mean():.3f} | {of_group.mean():.3f} | {auc}"
                f" | {average_precision_score(late, of_group):.3f} |"
            )


def draw(late: NDArray[np.int64], scores: Scores, file: Path) -> None:
    """Three pictures in one: ROC, precision against recall, and how far scores are shares."""
    figure, (roc, precision, calibration) = plt.subplots(1, 3, figsize=(15, 5.8))
    roc.plot([0, 1], [0, 1], color="0.7", linewidth=1)
    calibration.plot([0, 1], [0, 1], color="0.7", linewidth=1)
    colours = dict(zip(SETS, ["tab:gray", "tab:blue", "tab:orange", "tab:green"], strict=True))
    for (model, name), score in scores.items():
        style = {
            "color": colours[name],
            "linestyle": {"logistic regression": "-", "closed form": ":"}.get(model, "--"),
            "linewidth": 1.5,
            "label": f"{model}, {name}",
        }
        false_positives, true_positives, _ = roc_curve(late, score)
        roc.plot(false_positives, true_positives, **style)
        precisions, recalls, _ = precision_recall_curve(late, score)
        precision.plot(recalls, precisions, **style)
        share, mean = calibration_curve(late, score, n_bins=10, strategy="quantile")
        calibration.plot(mean, share, marker="o", markersize=3, **style)
    for axes, title, x, y in (
        (roc, "ROC", "share of punctual invoices flagged", "share of late invoices flagged"),
        (
            precision,
            "Precision and recall",
            "share of late invoices flagged",
            "share of flagged invoices that are late",
        ),
        (calibration, "Calibration, by tenths of the scores", "mean score", "share late"),
    ):
        axes.set(title=title, xlabel=x, ylabel=y, xlim=(0, 1), ylim=(0, 1.01))
        axes.set_aspect("equal")
        axes.grid(color="0.92")
    figure.legend(*roc.get_legend_handles_labels(), loc="lower center", ncols=2, frameon=False, fontsize=9)
    figure.tight_layout(rect=(0, 0.2, 1, 1))
    file.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(file, dpi=110)


def evaluate(database: Path, cut_off: date, accounts: Path, directory: Path) -> None:
    """Train, score, print and draw. Ends the process, saying why, if there is nothing to learn from or to score."""
    replay = f"features_asof_{cut_off:%Y%m%d}"
    # As dbt has opened it in this process.
    with duckdb.connect(database) as connection:
        train = read(connection, f"select * from {replay}.training_set order by inv_id")
        test = read(
            connection,
            "select * from features.training_set"
            f" where inv_id not in (select inv_id from {replay}.invoice_features) order by inv_id",
        )
        closed_form = connection.execute(
            "select probability_late from features.training_set"
            " inner join intermediate.int_invoice_scores on inv_id = invoice_id"
            f" where inv_id not in (select inv_id from {replay}.invoice_features) order by inv_id"
        ).fetchnumpy()["probability_late"]
    for name, part in (("learn from", train), ("score", test)):
        if not 0 < part.late.sum() < len(part.late):
            sys.exit(
                f"With the cut-off {cut_off} there is nothing to {name}: both late and punctual invoices are needed."
            )
    print(
        f"Cut-off {cut_off}: {len(train.late):,} invoices to learn from ({train.late.mean():.1%} late),"
        f" {len(test.late):,} issued later to score ({test.late.mean():.1%} late).\n"
    )
    scores = {}
    for (model, make), (name, columns) in product(MODELS.items(), SETS.items()):
        # Threads that wait for each other cost more than so few rows gain by them.
        with threadpool_limits(1):
            fitted = make(columns).fit(train.matrix(columns), train.late)
            scores[model, name] = fitted.predict_proba(test.matrix(columns))[:, 1]
    scores[CLOSED_FORM] = np.asarray(closed_form, dtype=float)
    print_scores(test.late, scores)
    print_by_group(test, scores, accounts)
    draw(test.late, scores, directory / "evaluation.png")


def build(extracts: Path | None, cut_off: str) -> Path:
    """The database with both builds. Ends the process if one fails, which has then said why."""
    place = PROJECT / "target/evaluate"
    place.mkdir(parents=True, exist_ok=True)
    # A database and exports of its own, so that no invented row comes near what others read.
    database = place / "evaluate.duckdb"
    os.environ |= {
        "LATE_PAYMENTS_DATABASE": str(database),
        "LATE_PAYMENTS_EXPORTS": str(place / "exports"),
        "DBT_TARGET": "dev",
        "DBT_EXCLUDE_RESOURCE_TYPES": "unit_test",
    }
    raw = "landed" if extracts else "seeds"
    live = Dbt("--vars", json.dumps({"raw": raw}))
    failed = (extracts and land_from(extracts, live)) or live.run("build")
    if failed or Dbt("--vars", json.dumps({"raw": raw, "as_of": cut_off})).run("build"):
        sys.exit("Nothing was evaluated: the build failed.")
    return database


def main() -> None:
    """Build, and evaluate what the command line names."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--extracts", type=Path, help="directory of the extracts; without it, the seeds")
    parser.add_argument("--cut-off", type=date.fromisoformat, default=date(2021, 2, 1), help="YYYY-MM-DD")
    parser.add_argument("--out", type=Path, default=Path("target"), help="where to draw evaluation.png")
    arguments = parser.parse_args()
    extracts = arguments.extracts and arguments.extracts.absolute()
    database = build(extracts, arguments.cut_off.isoformat())
    evaluate(database, arguments.cut_off, (extracts or PROJECT / "seeds") / "accounts.csv", arguments.out)


if __name__ == "__main__":
    main()
