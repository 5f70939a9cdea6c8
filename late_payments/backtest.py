"""How good the call list, the probabilities and the expected receipts would have been, week by week.

    python -m late_payments.backtest DATABASE MANIFEST DIRECTORY [--first DAY] [--last DAY] [--every DAYS] [--length N]

Runs the SQL of the models, as `dbt compile` left it in the manifest, once more over the tables of a live build: of
those models that follow from int_scored_days, with the days asked for in its place. So the rules judged are those of
production, not a copy. The database is only read; what the models give lies in memory.

Beside the closed form stand the two models of late_payments.fitted. They are trained on the first replayed day of each
month, on what had fallen due before it, from the features that were known on each morning of issue.

Prints tables in Markdown, writes them to DIRECTORY/backtest.md and draws DIRECTORY/backtest.png. Intervals are those of
95 % of the resamples of whole accounts, because the invoices of one account say nearly the same.
"""

import argparse
import json
import sys
from collections.abc import Callable
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any, TypeAlias

import duckdb
import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from numpy.typing import NDArray

from late_payments.fitted import inputs_of, matrix, pipelines

# In this schema of a database in memory the models are built.
SCHEMA = "backtest"
# Before this there is too little to learn from.
DAYS_OF_HISTORY = 120
# Of every figure: fewer, the more open invoices it is made from, and the narrower its interval therefore is.
MOST_RESAMPLES, FEWEST_RESAMPLES = 1000, 200
ROWS_RESAMPLED = 300_000_000
# From so many invoices, chosen at random, the fitted models learn, however many there are.
MOST_LEARNT = 20_000
WEEKS = 4

Numbers: TypeAlias = NDArray[np.float64]
# A figure of all accounts, each weighted; of accounts of weight 1 it is the figure, of others that of a resample.
Figure: TypeAlias = Callable[[Numbers], float]


def models_after(manifest: dict[str, Any], first: str) -> list[dict[str, Any]]:
    """The intermediate models that follow from one, each after those that it reads."""
    nodes = {key: node for key, node in manifest["nodes"].items() if node["resource_type"] == "model"}
    start = next(key for key, node in nodes.items() if node["name"] == first)
    found = [start]
    for key in found:
        for child in manifest["child_map"][key]:
            if child in nodes and child not in found and nodes[child]["config"]["schema"] == "intermediate":
                found.append(child)
    ordered: list[str] = [start]
    while len(ordered) < len(found):
        ordered += [
            key
            for key in found
            if key not in ordered and not (set(nodes[key]["depends_on"]["nodes"]) & set(found)) - set(ordered)
        ]
    return [nodes[key] for key in ordered]


def replay(connection: duckdb.DuckDBPyConnection, manifest: dict[str, Any], days: list[date]) -> None:
    """Build the models that follow from int_scored_days for some days, in the schema of the back-test.

    Ends the process, if the manifest has no compiled SQL.
    """
    first, *models = models_after(manifest, "int_scored_days")
    connection.execute(f"create table {SCHEMA}.{first['name']} as select unnest(?::date[]) as scored_day", [days])
    for model in models:
        sql = model.get("compiled_code")
        if not sql:
            sys.exit(f"The manifest holds no compiled SQL of {model['name']}. Run make backtest, which compiles it.")
        for other in (first, *models):
            sql = sql.replace(other["relation_name"], f"{SCHEMA}.{other['name']}")
        connection.execute(f"create table {SCHEMA}.{model['name']} as {sql}")


def days_to_replay(
    connection: duckdb.DuckDBPyConnection, first: date | None, last: date | None, every: int
) -> list[date]:
    """The days asked for, while invoices are issued and of which every outcome has since become known."""
    query = f"""
        select min(date_issued) + {DAYS_OF_HISTORY}, max(date_issued), max(as_of), max(date_due - date_issued)
        from {SCHEMA}.int_invoices
    """
    ((begin, end, as_of, terms),) = connection.execute(query).fetchall()
    begin, end = first or begin, last or min(end, as_of - timedelta(terms + 1))
    days = [begin + timedelta(number) for number in range(0, (end - begin).days + 1, every)]
    if not days:
        sys.exit(
            f"There is no day to replay from {begin} to {end}: a back-test needs {DAYS_OF_HISTORY} days of history."
        )
    return days


def fit(connection: duckdb.DuckDBPyConnection, features: list[str], days: list[date]) -> None:
    """What the fitted models say of what is open and not overdue on some days, in a table `fitted`.

    What they say of an invoice on its day of issue grows with each day that it is open, as in the closed form.
    features: the relations training_set and scoring_set.
    Ends the process, if there is nothing to learn from on one of the days.
    """
    invoices = f"""(
        select features.*, invoices.is_late, invoices.date_due - date '1970-01-01' as day_due
        from (select * exclude is_late from {features[0]} union all by name from {features[1]}) as features
        inner join {SCHEMA}.int_invoices as invoices on inv_id = invoice_id
    )"""
    known = connection.execute(inputs_of(invoices, "inv_id", "is_late", "day_due") + " order by inv_id").fetchnumpy()
    inputs, due = matrix(known), known["day_due"]
    open_invoices = connection.execute(f"""
        select scored_day, scored_day - date '1970-01-01' as day, invoice_id, share_of_punctual_unpaid
        from {SCHEMA}.int_invoice_risk
        where invoice_id in (select inv_id from {invoices} where share_late is not null)
        order by scored_day, invoice_id
    """).fetchnumpy()
    place = np.searchsorted(known["inv_id"], open_invoices["invoice_id"])
    fitted = {name: open_invoices[name] for name in ("scored_day", "invoice_id")}
    fitted |= {name: np.zeros(len(place)) for name in pipelines()}
    rng = np.random.default_rng(0)
    for _, group in groupby(days, key=lambda day: (day.year, day.month)):
        days_of_month = list(group)
        numbers = [(day - date(1970, 1, 1)).days for day in days_of_month]
        learnt = rng.permutation(np.flatnonzero(due < numbers[0]))[:MOST_LEARNT]
        late = known["is_late"][learnt].astype(int)
        if len(set(late)) < 2:
            sys.exit(
                f"On {days_of_month[0]} the fitted models have nothing to learn from: some late and some punctual"
                " invoices must have fallen due before. Begin later."
            )
        scored = np.isin(open_invoices["day"], numbers)
        for name, pipeline in pipelines().items():
            chance = pipeline.fit(inputs[learnt], late).predict_proba(inputs[place[scored]])[:, 1]
            fitted[name][scored] = chance / (chance + (1 - chance) * open_invoices["share_of_punctual_unpaid"][scored])
    connection.execute(f"create table {SCHEMA}.fitted as select * from fitted")


# By day and account with something open: what was owed at the end of the day, what the rules that are compared go by,
# and what came of it. A rule calls the accounts with the largest scores.
CALLS = f"""
with

open_invoices as (

    select
        open_invoices.*,
        date_diff('day', greatest(scored_day, date_due), coalesce(date_paid, as_of)) as days_from_now,
        days_until_due < 0 or (days_until_due <= 6 and is_late = 1) as is_target,
        case when days_until_due <= 6 then inv_total * coalesce("logistic regression", 0) end as late_by_regression,
        case when days_until_due <= 6 then inv_total * coalesce("gradient-boosted trees", 0) end as late_by_trees
    from {SCHEMA}.int_open_invoices as open_invoices
    inner join (select invoice_id, date_paid, is_late, as_of from {SCHEMA}.int_invoices) using (invoice_id)
    left join {SCHEMA}.fitted using (scored_day, invoice_id)

),

accounts as (

    select
        scored_day,
        account_id,
        sum(inv_total) as value_open,
        sum(case when days_until_due < 0 then inv_total else 0 end) as value_overdue,
        coalesce(sum(late_by_regression), 0) as late_by_regression,
        coalesce(sum(late_by_trees), 0) as late_by_trees,
        max(share_late_of_account) as share_late,
        sum(case when is_target then inv_total else 0 end) as late,
        sum(case when is_target and days_until_due >= 0 then inv_total else 0 end) as late_7d,
        sum(case when is_target then inv_total * days_from_now else 0 end) as dollar_days
    from open_invoices
    group by
        scored_day,
        account_id

)

select
    scored_day - date '1970-01-01' as day,
    account_id as account,
    value_open as "value open",
    value_overdue as "value overdue",
    value_overdue + coalesce(share_late, 0) * (value_open - value_overdue) as "share late of what is open",
    late as ideal,
    -coalesce(contact_rank, 1e9) as "call list",
    value_overdue + late_by_regression as "logistic regression",
    value_overdue + late_by_trees as "gradient-boosted trees",
    late,
    late_7d,
    dollar_days
from accounts
left join (select scored_day, account_id, contact_rank from {SCHEMA}.int_account_priorities)
    using (scored_day, account_id)
order by
    scored_day,
    account_id
"""
RULES = [
    "random",
    "value open",
    "value overdue",
    "share late of what is open",
    "call list",
    *pipelines(),
    "ideal",
]

RISKS = f"""
select
    account_id as account,
    inv_total as value,
    is_late as late,
    share_late_of_account as "share late of the account",
    1 / (1 + exp(-log_odds)) as "records of account, lines and all",
    "records of account, lines and all" / (
        "records of account, lines and all"
        + (1 - "records of account, lines and all") * share_of_punctual_unpaid
    ) as "and the days open",
    probability_late as "and corrected: probability_late",
    fitted.* exclude (scored_day, invoice_id)
from {SCHEMA}.int_invoice_risk
inner join {SCHEMA}.fitted using (scored_day, invoice_id)
inner join (select invoice_id, is_late from {SCHEMA}.int_invoices) using (invoice_id)
where
    probability_late is not null
    and scored_day in (select unnest(?::date[]))
order by
    scored_day,
    invoice_id
"""
CLOSED_FORM = "and corrected: probability_late"
PROBABILITIES = [
    "share late of the account",
    "records of account, lines and all",
    "and the days open",
    CLOSED_FORM,
    *pipelines(),
]

# By day, week ahead and account. Whoever expects everybody to pay on the due date expects the overdue at once.
RECEIPTS = f"""
select
    scored_day - date '1970-01-01' as day,
    weeks_ahead as week,
    account_id as account,
    sum(inv_total * share_expected) as expected,
    sum(case when greatest(ceil(days_until_due / 7), 1) = weeks_ahead then inv_total else 0 end) as due,
    sum(case when ceil((date_paid - scored_day) / 7) = weeks_ahead then inv_total else 0 end) as paid
from {SCHEMA}.int_open_invoices
inner join {SCHEMA}.int_expected_receipts using (scored_day, risk_grade, days_open)
inner join (select invoice_id, date_paid from {SCHEMA}.int_invoices) using (invoice_id)
where scored_day in (select unnest(?::date[]))
group by all
order by all
"""


class Accounts:
    """Figures of all accounts together, and their intervals from resampling whole accounts."""

    def __init__(self, numbers: NDArray[np.int64], resamples: int) -> None:
        """numbers: the account of each row of anything, some more than once; resamples: how many."""
        self.numbers = np.unique(numbers)
        rng = np.random.default_rng(0)
        size = len(self.numbers)
        self.weights = [np.ones(size)]
        self.weights += [
            np.bincount(rng.integers(0, size, size), minlength=size).astype(float) for _ in range(resamples)
        ]

    def index(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        """The places of accounts among all."""
        return np.searchsorted(self.numbers, numbers)

    def sums(self, numbers: NDArray[np.int64], values: Numbers) -> Numbers:
        """By account."""
        return np.bincount(self.index(numbers), values, len(self.numbers)).astype(np.float64)

    def share(self, numbers: NDArray[np.int64], part: Numbers, whole: Numbers) -> Figure:
        """Of two sums over rows, the one as a share of the other."""
        parts, wholes = self.sums(numbers, part), self.sums(numbers, whole)
        return lambda weights: float(weights @ parts / (weights @ wholes))

    def cell(self, figure: Figure, digits: int = 3, percent: bool = False) -> str:
        """A figure and its interval, as text."""
        values = np.array([figure(weights) for weights in self.weights]) * (100 if percent else 1)
        low, high = np.nanpercentile(values[1:], [2.5, 97.5])
        return f"{values[0]:.{digits}f} ({low:.{digits}f} to {high:.{digits}f})"


def roc_auc(late: Numbers, probability: Numbers, index: NDArray[np.int64]) -> Figure:
    """How often a late invoice has the higher probability, ties half; by weights of accounts."""
    order = np.argsort(probability, kind="stable")
    late, index = late[order], index[order]
    starts = np.flatnonzero(np.r_[True, np.diff(probability[order]) > 0])

    def figure(weights: Numbers) -> float:
        weight = weights[index]
        positive = np.add.reduceat(weight * late, starts)
        negative = np.add.reduceat(weight * (1 - late), starts)
        below = np.cumsum(negative) - negative / 2
        return float(positive @ below / (positive.sum() * negative.sum()))

    return figure


def table(header: list[str], rows: list[list[str]]) -> str:
    """In Markdown."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def called(columns: dict[str, Numbers], rule: str, length: int) -> Numbers:
    """Of each row, a day and an account, whether a rule calls it; of the random one, how likely."""
    days = columns["day"]
    if rule == "random":
        _, place, number = np.unique(days, return_inverse=True, return_counts=True)
        return np.minimum(length / number[place], 1)
    score = columns[rule]
    order = np.lexsort((columns["account"], -score, days))
    first = np.searchsorted(days[order], days[order])
    chosen = np.zeros(len(days))
    chosen[order] = (np.arange(len(days)) - first < length) & (score[order] != 0) & (score[order] > -1e9)
    return chosen


def compare_rules(
    columns: dict[str, Numbers], days: list[date], length: int, resamples: int
) -> tuple[str, dict[str, float]]:
    """A table with a row per rule; and by rule the share of late value that it catches."""
    numbers = columns["account"].astype(int)
    accounts = Accounts(numbers, resamples)
    asked = np.isin(columns["day"], [(day - date(1970, 1, 1)).days for day in days]).astype(float)
    ones = np.ones(len(numbers))
    # Of each row, the place of the same account on the next day.
    key = columns["day"] * (numbers.max() + 1) + numbers
    next_place = np.minimum(np.searchsorted(key, key + numbers.max() + 1), len(key) - 1)
    has_next = key[next_place] == key + numbers.max() + 1
    rows, caught = [], {}
    for rule in RULES:
        calls = called(columns, rule, length) * asked
        figures = [
            accounts.share(numbers, calls * columns[name], asked * columns[name])
            for name in ("late", "late_7d", "dollar_days")
        ]
        caught[rule] = figures[0](accounts.weights[0])
        for other in (10, 20, 40):
            listed = called(columns, rule, other) * asked
            figures.append(accounts.share(numbers, listed * (columns["late"] > 0), listed))
        if rule != "random":
            tomorrow = np.where(has_next, called(columns, rule, length)[next_place], 0)
            figures.append(accounts.share(numbers, calls * tomorrow, calls * ones))
        rows.append([rule, *(accounts.cell(figure) for figure in figures), *([""] if rule == "random" else [])])
    header = [
        "rule",
        "late now or within 7 days, caught",
        "of it due within 7 days",
        "dollar-days",
        *(f"precision at {number}" for number in (10, 20, 40)),
        "overlap with the next day",
    ]
    return table(header, rows), caught


def judge_probabilities(columns: dict[str, Numbers], resamples: int) -> tuple[str, str, list[tuple[float, float]]]:
    """A table with a row per probability; one by tenth of that of the marts; and the points of that."""
    numbers, late, value = columns["account"].astype(int), columns["late"], columns["value"]
    accounts = Accounts(numbers, resamples)
    index, ones = accounts.index(numbers), np.ones(len(numbers))
    rows = []
    for name in PROBABILITIES:
        probability = columns[name]
        clipped = np.clip(probability, 1e-12, 1 - 1e-12)
        loss = -np.where(late == 1, np.log(clipped), np.log(1 - clipped))
        rows.append(
            [
                name,
                accounts.cell(roc_auc(late, probability, index)),
                accounts.cell(accounts.share(numbers, loss, ones)),
                accounts.cell(accounts.share(numbers, (probability - late) ** 2, ones), 4),
                accounts.cell(accounts.share(numbers, probability * value, late * value)),
            ]
        )
    quality = table(["probability", "ROC AUC", "log-loss", "Brier score", "expected of actual late value"], rows)
    probability = columns[CLOSED_FORM]
    tenth = np.argsort(np.argsort(probability, kind="stable"), kind="stable") * 10 // len(probability)
    rows, points = [], []
    for number in range(10):
        inside = (tenth == number).astype(float)
        mean, share = (float((inside * values).sum() / inside.sum()) for values in (probability, late))
        points.append((mean, share))
        rows.append(
            [
                str(number + 1),
                f"{int(inside.sum()):,}",
                f"{mean:.3f}",
                accounts.cell(accounts.share(numbers, inside * late, inside)),
            ]
        )
    return quality, table(["tenth", "invoices", "mean probability", "share late"], rows), points


def judge_receipts(columns: dict[str, Numbers], resamples: int) -> tuple[str, dict[str, Numbers]]:
    """A table with a row per week ahead; and by day what was expected and paid in the first of them."""
    accounts = Accounts(columns["account"].astype(int), resamples)
    index = accounts.index(columns["account"].astype(int))
    days, place = np.unique(columns["day"], return_inverse=True)
    rows = []
    first: dict[str, Numbers] = {}
    for week in range(1, WEEKS + 1):
        in_week = columns["week"] == week
        sums = {}
        for name in ("expected", "due", "paid"):
            sums[name] = np.zeros((len(days), len(accounts.numbers)))
            np.add.at(sums[name], (place[in_week], index[in_week]), columns[name][in_week])

        def error(name: str, sums: dict[str, Numbers] = sums) -> Figure:
            difference = sums[name] - sums["paid"]
            return lambda weights: float(np.abs(difference @ weights).sum() / (sums["paid"] @ weights).sum())

        def bias(name: str, sums: dict[str, Numbers] = sums) -> Figure:
            difference = sums[name] - sums["paid"]
            return lambda weights: float((difference @ weights).sum() / (sums["paid"] @ weights).sum())

        rows.append(
            [
                str(week),
                *(accounts.cell(figure(name), 1, True) for name in ("expected", "due") for figure in (error, bias)),
            ]
        )
        first = first or {name: values.sum(axis=1) for name, values in sums.items()}
    header = ["week ahead", "error (WAPE), %", "bias, %", "error if all paid on the due date, %", "its bias, %"]
    return table(header, rows), first


def draw(
    caught: dict[str, float], points: list[tuple[float, float]], first: dict[str, Numbers], days: list[date], file: Path
) -> None:
    """Three pictures in one: what the rules catch, how far probabilities are shares, and receipts a week ahead."""
    figure, (rules, calibration, receipts) = plt.subplots(1, 3, figsize=(15, 4.8))
    rules.barh(list(caught)[::-1], list(caught.values())[::-1], color="tab:blue")
    rules.set(title="Late value that the calls catch", xlabel="share of all that is late now or within 7 days")
    calibration.plot([0, 1], [0, 1], color="0.7", linewidth=1)
    calibration.plot(*zip(*points, strict=True), marker="o", color="tab:blue")
    calibration.set(title="Calibration, by tenths", xlabel="mean probability", ylabel="share late")
    for name, label in (("paid", "paid"), ("expected", "expected"), ("due", "if all paid on the due date")):
        receipts.plot(days, first[name] / 1e6, label=label, color="0.6" if name == "due" else None)
    receipts.set(title="Receipts of the next 7 days", ylabel="millions of dollars", ylim=(0, None))
    receipts.tick_params(axis="x", rotation=30)
    receipts.legend(frameon=False)
    figure.tight_layout()
    file.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(file, dpi=110)


def backtest(
    database: Path, manifest: Path, directory: Path, first: date | None, last: date | None, every: int, length: int
) -> str:
    """Replay, judge and draw. The text that is printed and saved."""
    parsed = json.loads(manifest.read_text(encoding="utf-8"))
    relations = {node["name"]: node["relation_name"] for node in parsed["nodes"].values() if "relation_name" in node}
    invoices = next(node for node in parsed["nodes"].values() if node["name"] == "int_invoices")
    with duckdb.connect() as connection:
        connection.execute(f"""attach '{str(database).replace("'", "''")}' as "{invoices["database"]}" (read_only)""")
        connection.execute(f"create schema {SCHEMA}")
        connection.execute(f"create view {SCHEMA}.int_invoices as select * from {invoices['relation_name']}")
        days = days_to_replay(connection, first, last, every)
        # With the day after each, for how much a list changes overnight.
        replayed = sorted({*days, *(day + timedelta(1) for day in days)})
        replay(connection, parsed, replayed)
        fit(connection, [relations["training_set"], relations["scoring_set"]], replayed)

        def read(query: str, *arguments: object) -> dict[str, Numbers]:
            columns = connection.execute(query, arguments).fetchnumpy()
            return {name: np.ma.filled(np.ma.asarray(values).astype(float), np.nan) for name, values in columns.items()}

        risks = read(RISKS, days)
        resamples = max(FEWEST_RESAMPLES, min(MOST_RESAMPLES, ROWS_RESAMPLED // max(1, len(risks["late"]))))
        rules, caught = compare_rules(read(CALLS), days, length, resamples)
        quality, calibration, points = judge_probabilities(risks, resamples)
        receipts, by_day = judge_receipts(read(RECEIPTS, days), resamples)
    draw(caught, points, by_day, days, directory / "backtest.png")
    return "\n\n".join(
        [
            f"{len(days)} days from {days[0]} to {days[-1]}, {length} accounts called on each,"
            f" {resamples:,} resamples.",
            rules,
            quality,
            calibration,
            receipts,
        ]
    )


def main() -> None:
    """Back-test what the command line names."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("database", type=Path, help="DuckDB file with a live build")
    parser.add_argument("manifest", type=Path, help="manifest.json that dbt compile wrote")
    parser.add_argument("directory", type=Path, help="where to write backtest.md and draw backtest.png")
    parser.add_argument(
        "--first", type=date.fromisoformat, help="first day, YYYY-MM-DD; 120 days after the first issue"
    )
    parser.add_argument("--last", type=date.fromisoformat, help="last day, YYYY-MM-DD; the last with known outcomes")
    parser.add_argument("--every", type=int, default=7, help="days from one to the next")
    parser.add_argument("--length", type=int, default=20, help="how many accounts are called")
    arguments = parser.parse_args()
    text = backtest(
        arguments.database,
        arguments.manifest,
        arguments.directory,
        arguments.first,
        arguments.last,
        arguments.every,
        arguments.length,
    )
    print(text, flush=True)
    (arguments.directory / "backtest.md").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
