"""What stands on each page: its queries, its words."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from late_payments.green import Build, Refused
from late_payments.report import charts
from late_payments.report.tables import Column, Table, written

# Rows of a list. A page is as long with ten thousand accounts as with a hundred.
TOP = 40
QUERIES = Path(__file__).parent / "queries"
DOLLARS, SHARE, WHOLE = "$~s", ".0%", "~s"

Row = dict[str, Any]


@dataclass(frozen=True)
class Chart:
    """A picture, what is seen on it, and what of that is said in words where no table says it."""

    title: str
    svg: str
    text: str = ""


@dataclass(frozen=True)
class Figure:
    """A number that stands by itself."""

    label: str
    value: str


@dataclass
class Section:
    """A part of a page under a heading."""

    title: str
    text: list[str] = field(default_factory=list)
    charts: list[Chart] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    links: Sequence["Page"] = ()


@dataclass
class Page:
    """A page. name: of its file; group: of dbt, whose owner answers for it."""

    name: str
    title: str
    lede: str
    group: str
    sections: list[Section]
    figures: list[Figure] = field(default_factory=list)
    # Whether it is in the index, and leads to the others.
    is_listed: bool = True
    owner: str = ""


class Marts:
    """The marts of a green build, to be asked by the queries of this room."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, build: Build) -> None:
        self.connection, self.build = connection, build
        # Rows of the seeds have a history of their own.
        self.history = "history_of_seeds" if build.source == "seeds" else "history"

    def rows(self, name: str) -> list[Row]:
        """What a query finds."""
        sql = (QUERIES / f"{name}.sql").read_text(encoding="utf-8")
        result = self.connection.execute(sql, {"top": TOP} if "$top" in sql else None)
        columns = [column for column, *_ in result.description]
        return [dict(zip(columns, row, strict=True)) for row in result.fetchall()]

    def row(self, name: str) -> Row:
        """What a query finds that always finds one row."""
        (row,) = self.rows(name)
        return row


def day(value: date) -> str:
    return written(value, "day")


def money(value: Any) -> str:
    return written(value, "money")


def with_month(rows: Sequence[Row]) -> list[Row]:
    """Rows with their month in words, for an axis."""
    return [{**row, "month": f"{row['month_start']:%b %y}"} for row in rows]


def calls(marts: Marts, contacts: Mapping[int, Row] | None = None) -> Page:
    """Whom to call; contacts: by account, for the page that is written only when asked for by name."""
    listed, total = marts.rows("calls"), marts.row("calls_total")
    page = Page(
        "calls",
        "Calls",
        "Customers to call about payment, in the order in which to call them.",
        "branch",
        [],
        is_listed=contacts is None,
    )
    if not listed:
        page.sections = [
            Section(
                "Nobody to call",
                [f"Nothing is overdue as of {day(marts.build.as_of)}, and nothing falls due within 7 days."],
            )
        ]
        return page
    invoices: dict[int, list[str]] = {}
    for invoice in marts.rows("calls_invoices"):
        lines = invoices.setdefault(invoice["account_id"], [])
        late = invoice["days_late"]
        state = f"{late} {'day' if late == 1 else 'days'} overdue" if late else f"due {day(invoice['date_due'])}"
        lines.append(f"{invoice['invoice_id']}: {money(invoice['amount'])}, {state}")
        if invoice["place"] == 5 and invoice["number_in_all"] > 5:
            lines.append(f"and {invoice['number_in_all'] - 5} more")
    for row in listed:
        row["customer"] = [f"{row['contact_rank']}. {row['company_name']}"]
        if contacts is not None:
            contact = contacts[row["account_id"]]
            row["customer"] += [contact[key] for key in ("contact_person", "contact_phone") if contact[key]]
        row["why"] = [row["reason"], *invoices[row["account_id"]]]
        row["called"] = row["remark"] = row["company_name"]
    columns = [
        Column("customer", "Customer", "lines"),
        Column("why", "Reason, and the invoices", "lines"),
        Column("value_overdue", "Overdue", "money"),
        Column("value_due_7d", "Due in 7 days", "money"),
        Column("expected_late_value", "Expected late", "money"),
        Column("called", "Called", "tick"),
        Column("remark", "Note", "note"),
    ]
    left = total["accounts"] - len(listed)
    table = Table(
        "Ranked by expected late value: what is overdue, and as much of what falls due within 7 days as is likely to"
        " turn late. A tick and a note stay on this page until it is closed; print it to keep them.",
        columns,
        listed,
        f"{left:,} more accounts are on the list: branch.accounts_to_contact has all." if left > 0 else "",
    )
    page.figures = [
        Figure("accounts to call", written(total["accounts"], "count")),
        Figure("overdue", money(total["value_overdue"])),
        Figure("due within 7 days", money(total["value_due_7d"])),
        Figure("expected late value", money(total["expected_late_value"])),
    ]
    page.sections = [Section("Whom to call first", [], tables=[table])]
    return page


AGES = {
    "amount_current": "not yet due",
    "amount_1_to_30": "1 to 30 days",
    "amount_31_to_60": "31 to 60 days",
    "amount_61_to_90": "61 to 90 days",
    "amount_over_90": "over 90 days",
}


def receivables(marts: Marts) -> Page:
    """What is owed, how fast it comes in, and what is expected."""
    total = marts.row("receivables_total")
    page = Page(
        "receivables",
        "Receivables",
        "What customers owe, for how long, how fast it comes in, and what is expected next.",
        "finance",
        [ageing(marts), debtors(marts), months(marts), weeks(marts), collections(marts)],
        [
            Figure("open", money(total["amount_open"])),
            Figure("of it overdue", money(total["amount_overdue"])),
            Figure("invoices open", written(total["invoices_open"], "count")),
        ],
    )
    return page


def ageing(marts: Marts) -> Section:
    """Today, and at the end of each of the last months."""
    today, by_month = marts.rows("ageing"), with_month(marts.rows("ageing_by_month"))
    section = Section("How old it is", [])
    if any(row["amount"] for row in today):
        section.charts.append(
            Chart(
                f"What is open on {day(marts.build.as_of)}, by days beyond the due date",
                charts.ranked(today, "bucket", "amount", "dollars", "$.3~s"),
            )
        )
        section.tables.append(
            Table(
                "Open invoices by days beyond the due date.",
                [
                    Column("bucket", "Beyond the due date"),
                    Column("invoices", "Invoices", "count"),
                    Column("amount", "Open", "money"),
                ],
                today,
            )
        )
    else:
        section.text.append(f"Nothing is open as of {day(marts.build.as_of)}.")
    if any(row["amount_open"] for row in by_month):
        section.charts.append(
            Chart(
                "What was open at the end of each month, by days beyond the due date",
                charts.bars(by_month, "month", AGES, "dollars", DOLLARS),
            )
        )
        section.tables.append(
            Table(
                "Open at the end of each month, or on the day as of, by days beyond the due date then.",
                [
                    Column("month_end_or_as_of", "At the end of", "day"),
                    *(Column(key, label.capitalize(), "money") for key, label in AGES.items()),
                    Column("amount_open", "Open", "money"),
                ],
                by_month,
            )
        )
    return section


def debtors(marts: Marts) -> Section:
    """Who owes most."""
    rows = marts.rows("debtors")
    if not rows:
        return Section("Largest debtors", ["No account owes anything."])
    ages = {key: label for key, label in AGES.items() if key != "amount_current"}
    table = Table(
        "The ten accounts that owe most, and how much of it is how long overdue.",
        [
            Column("company_name", "Customer"),
            Column("invoices_open", "Invoices", "count"),
            Column("amount_open", "Open", "money"),
            Column("amount_overdue", "Overdue", "money"),
            *(Column(key, label.capitalize(), "money") for key, label in ages.items()),
        ],
        rows,
    )
    return Section("Largest debtors", [], tables=[table])


def months(marts: Marts) -> Section:
    """How fast customers pay, by month."""
    rows = with_month(marts.rows("months"))
    section = Section("How fast it comes in", [])
    whole = [row for row in rows if not row["is_partial"]]
    if len(whole) < len(rows):
        section.text.append(
            f"The last month goes to {day(rows[-1]['month_end_or_as_of'])} only: its sales cover fewer days than"
            " customers take to pay, so it is in the table and not in the charts."
        )
    if any(row["days_sales_outstanding"] is not None for row in whole):
        section.charts += [
            Chart(
                "Days of sales that were still to be collected (DSO), and if nobody were late",
                charts.lines(
                    whole,
                    "month",
                    {
                        "days_sales_outstanding": "DSO",
                        "best_possible_dso": "best possible DSO",
                        "average_days_delinquent": "delinquent (ADD)",
                    },
                    "days",
                    WHOLE,
                ),
            ),
            Chart(
                "Collected of what could have been (CEI), 100 being all",
                charts.lines(whole, "month", {"collection_effectiveness_index": "CEI"}, "percent", WHOLE, zero=False),
            ),
        ]
    if any(row["late_share"] is not None for row in whole):
        section.charts.append(
            Chart(
                "Share of the invoices due in each month that were not paid by then",
                charts.lines(whole, "month", {"late_share": "late"}, "share", SHARE),
            )
        )
    section.tables.append(
        Table(
            "Receivables by month. The formulas are in docs/for-sql-users.md.",
            [
                Column("month_start", "Month", "month"),
                Column("amount_issued", "Issued", "money"),
                Column("amount_collected", "Collected", "money"),
                Column("amount_closing", "Open at the end", "money"),
                Column("days_sales_outstanding", "DSO", "number"),
                Column("best_possible_dso", "Best DSO", "number"),
                Column("average_days_delinquent", "ADD", "number"),
                Column("collection_effectiveness_index", "CEI", "number"),
                Column("late_share", "Late share", "percent"),
            ],
            rows,
        )
    )
    return section


def weeks(marts: Marts) -> Section:
    """What is expected next."""
    rows = marts.rows("weeks")
    if not any(row["amount_expected"] for row in rows):
        return Section("What comes in next", ["Nothing is open, so nothing is expected."])
    for row in rows:
        row["week"] = f"{row['first_day'].day} {row['first_day']:%b}" if row["last_day"] else "later"
        row["days"] = f"{day(row['first_day'])} to {day(row['last_day'])}" if row["last_day"] else "later"
    section = Section(
        "What comes in next",
        [
            "Of the invoices issued so far: what falls due, and what is expected by how customers have paid in the last"
            " 90 days."
        ],
    )
    section.charts.append(
        Chart(
            "Due and expected in each of the next four weeks, by their first day",
            charts.grouped(
                rows[:4], "week", {"amount_due": "falls due", "amount_expected": "expected"}, "dollars", DOLLARS
            ),
        )
    )
    section.tables.append(
        Table(
            "Due and expected by week.",
            [
                Column("days", "Week"),
                Column("amount_due", "Falls due", "money"),
                Column("amount_expected", "Expected", "money"),
                Column("amount_expected_of_overdue", "of it from overdue invoices", "money"),
            ],
            rows,
        )
    )
    return section


def collections(marts: Marts) -> Section:
    """What was expected, and what came."""
    rows = with_month(marts.rows("collections"))
    title = "What was expected, and what came in"
    if not rows:
        return Section(title, ["No month lies four weeks back yet, so there is nothing to compare."])
    series = {"amount_due": "fell due", "amount_expected": "expected", "amount_collected": "came in"}
    section = Section(
        title,
        ["At the end of each month, of the invoices open then, over the four weeks that followed."],
    )
    section.charts.append(
        Chart(
            "In the four weeks after each month: fell due, expected, came in",
            charts.grouped(rows, "month", series, "dollars", DOLLARS),
        )
    )
    section.tables.append(
        Table(
            "Expected and collected in the four weeks after each month.",
            [
                Column("month_start", "Month", "month"),
                Column("last_day", "Four weeks to", "day"),
                Column("amount_due", "Fell due", "money"),
                Column("amount_expected", "Expected", "money"),
                Column("amount_collected", "Came in", "money"),
                Column("error", "Expected too much by", "percent"),
            ],
            rows,
        )
    )
    return section


# By feature: what it is, how its values are written on an axis.
FEATURES = {
    "inv_total": ("value of an invoice", "dollars", DOLLARS),
    "inv_items": ("units on an invoice", "units", WHOLE),
    "acct_age": ("age of the account", "days", WHOLE),
    "num_inv_120d": ("invoices of the account in the 120 days before", "invoices", WHOLE),
    "cum_tot_inv_acct": ("invoices of the account so far", "invoices", WHOLE),
}


def features(marts: Marts, days: Sequence[date], backtest: Path) -> Page:
    """How the features have moved; days: of the history, none for its last ones; backtest: what make backtest wrote."""
    return Page(
        "features",
        "Features over time",
        "How each feature is distributed, how that has moved, and what the probabilities of late payment were worth.",
        "data_science",
        [drift(marts), *history(marts, days), calibration(marts), tested(marts, backtest)],
    )


def drift(marts: Marts) -> Section:
    """By month of issue, and the last 90 days against all before."""
    by_month, indices = with_month(marts.rows("feature_months")), marts.rows("feature_drift")
    section = Section(
        "By month of issue",
        ["The median of each feature, in the band of its quartiles, over the invoices issued in a month."],
    )
    for feature, (words, unit, form) in FEATURES.items():
        rows = [row for row in by_month if row["feature"] == feature]
        if not rows:
            section.text.append("No invoice was issued in the last twelve months.")
            break
        kind = "money" if unit == "dollars" else "plain"
        medians = [f"{written(row['middle'], kind)} in {row['month']}" for row in (rows[0], rows[-1])]
        section.charts.append(
            Chart(
                f"{feature}: {words}",
                charts.band(rows, "month", unit, form),
                f"Median {medians[0]}, {medians[1]}; quartiles in the last month"
                f" {written(rows[-1]['lower_quartile'], kind)} and {written(rows[-1]['upper_quartile'], kind)}.",
            )
        )
    if not any(row["invoices_before"] for row in indices):
        section.text.append("There are no invoices from before the last 90 days to compare with.")
        return section
    section.tables.append(
        Table(
            "Population stability index: the last 90 days against all invoices before, by the tenths of those. By"
            " custom below 0.1 is steady and above 0.25 another population. acct_age and cum_tot_inv_acct grow with"
            " every day, so theirs is high where nothing is wrong.",
            [
                Column("feature", "Feature"),
                Column("stability_index", "Stability index", "fine"),
                Column("invoices_recent", "Last 90 days", "count"),
                Column("invoices_before", "Before", "count"),
            ],
            indices,
        )
    )
    return section


def history(marts: Marts, days: Sequence[date]) -> list[Section]:
    """The features as they stood on days of the history and of replays, and what changed between the first and last."""
    marts.connection.execute(f"set search_path = '{marts.history}'")
    kept = [row["day"] for row in marts.rows("history_days")]
    chosen = sorted(set(days)) or sorted(kept[:2])
    views = [(day(each), f"{marts.history}.invoice_features_as_of(date '{each}')") for each in chosen]
    replays = sorted(row["schema"] for row in marts.rows("replays"))[-4:]
    views += [
        (f"replay of {day(date.fromisoformat(schema.removeprefix('features_asof_')))}", f"{schema}.invoice_features")
        for schema in replays
    ]
    found: list[Row] = []
    for words, relation in views:
        try:
            marts.connection.execute(f"create or replace temp view features_of_the_day as from {relation}")
            found += [{"day": words, **row} for row in marts.rows("feature_distribution")]
        except duckdb.InvalidInputException as error:
            # The history says which days it has.
            raise Refused(f"{str(error).removeprefix('Invalid Input Error: ')} No page was written.") from None
    numbers = {
        "smallest": "Smallest",
        "lower_quartile": "Lower quartile",
        "middle": "Median",
        "mean": "Mean",
        "upper_quartile": "Upper quartile",
        "largest": "Largest",
    }
    distributions = Section(
        "As they stood on chosen days",
        [
            "Days without a word are of the history: what the warehouse said at their end. A replay is what today's"
            ' extracts would have said. Other days of the history: make report DAYS="2021-04-30 2021-05-31".'
        ],
    )
    for feature, (words, unit, _) in FEATURES.items():
        kind = "money" if unit == "dollars" else "plain"
        columns = [
            Column("day", "As of"),
            *(Column(key, label, kind) for key, label in numbers.items()),
            Column("invoices", "Invoices", "count"),
        ]
        rows = [row for row in found if row["feature"] == feature]
        distributions.tables.append(Table(f"{feature}: {words} ({unit}).", columns, rows))
    columns = [
        Column("day", "As of"),
        Column("mean", "Late", "percent"),
        Column("invoices", "Invoices", "count"),
        Column("not_known", "Not known yet", "count"),
    ]
    rows = [row for row in found if row["feature"] == "is_late"]
    distributions.tables.append(Table("is_late: the share late of the invoices whose outcome is known.", columns, rows))
    return [distributions, changes(marts, chosen)]


def changes(marts: Marts, days: Sequence[date]) -> Section:
    """What changed between the first and the last of some days."""
    title = "What changed"
    if len(days) < 2:
        return Section(title, [f"The history has one day so far, {day(days[0])}: nothing can have changed."])
    first, last = days[0], days[-1]
    marts.connection.execute(
        "create or replace temp view features_that_changed as"
        f" from {marts.history}.invoice_features_changes(date '{first}', date '{last}')"
    )
    rows = marts.rows("feature_changes")
    words = f"from the end of {day(first)} to the end of {day(last)}"
    if not rows:
        return Section(title, [f"No feature of any invoice changed {words}."])
    table = Table(
        f"Invoices whose feature changed, and invoices that came or went, {words}.",
        [
            Column("feature", "Feature"),
            Column("changed", "Changed", "count"),
            Column("added", "Added", "count"),
            Column("removed", "Removed", "count"),
        ],
        rows,
    )
    return Section(title, [], tables=[table])


def calibration(marts: Marts) -> Section:
    """What the probabilities said, and what happened."""
    rows = with_month(marts.rows("calibration"))
    title = "What the probabilities were worth"
    if not rows:
        return Section(title, ["There is no month yet of which every outcome is known."])
    chart = Chart(
        "Expected to be late, and late, of the invoices open at the end of each month",
        charts.lines(rows, "month", {"mean_probability": "expected", "share_late": "late"}, "share of invoices", SHARE),
    )
    table = Table(
        "Of the invoices open and not overdue at the end of each month.",
        [
            Column("month_start", "Month", "month"),
            Column("num_inv_scored", "Invoices", "count"),
            Column("mean_probability", "Expected late", "percent"),
            Column("share_late", "Late", "percent"),
            Column("brier_score", "Brier score", "fine"),
            Column("roc_auc", "ROC AUC", "fine"),
            Column("expected_late_value", "Expected late value", "money"),
            Column("late_value", "Late value", "money"),
        ],
        rows,
    )
    return Section(title, [], [chart], [table])


def tested(marts: Marts, backtest: Path) -> Section:
    """The tables of the last back-test, which is a command of its own because it takes longer than all pages."""
    title = "The back-test"
    if not backtest.is_file():
        return Section(title, ["No back-test has been run here: make backtest writes one, make report then shows it."])
    blocks = backtest.read_text(encoding="utf-8").strip().split("\n\n")
    section = Section(
        title, [blocks[0], "In brackets: 95 % of the resamples of whole accounts. docs/call-list.md explains it."]
    )
    captions = (
        "Whom rules call: what they catch of what is late now or within 7 days.",
        "Probabilities of late payment.",
        "The probability by tenths.",
        "Expected receipts, by week ahead.",
    )
    for caption, block in zip(captions, blocks[1:], strict=False):
        header, _, *lines = [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in block.splitlines()]
        columns = [Column(name, name.capitalize()) for name in header]
        rows = [dict(zip(header, [*line, ""], strict=False)) for line in lines]
        section.tables.append(Table(caption, columns, rows))
    return section


def runs(marts: Marts) -> Page:
    """The last runs, and what they made."""
    freshness, rejected, failures = marts.row("freshness"), marts.rows("rejected"), marts.rows("failures")
    landed = freshness["landed_at"]
    sections = []
    last = marts.rows("runs")
    for row in last:
        row["rows"] = summed(row["rows"])
    sections.append(
        Section(
            "The last runs",
            tables=[
                Table(
                    "Times are UTC. A run without an end is still running, or was stopped.",
                    [
                        Column("begun_at", "Begun", "time"),
                        Column("command", "Command"),
                        Column("seconds", "Seconds", "number"),
                        Column("as_of", "As of", "day"),
                        Column("source", "Source"),
                        Column("outcome", "Outcome"),
                        Column("rows", "Rows", "count"),
                        Column("failed", "Failed"),
                    ],
                    last,
                )
            ],
        )
    )
    if rejected:
        number = rejected[0]["rows_in_all"]
        sections.append(
            Section(
                "Rejected rows",
                [f"{number:,} delivered rows could not be used; staging.trs_rejected_rows has them."],
                tables=[
                    Table(
                        "By table and reason.",
                        [
                            Column("raw_table", "Table"),
                            Column("reject_reason", "Reason"),
                            Column("rows", "Rows", "count"),
                        ],
                        rejected,
                    )
                ],
            )
        )
    else:
        sections.append(Section("Rejected rows", ["Every delivered row could be used."]))
    if failures:
        sections.append(
            Section(
                "Tests that found something",
                ["When they last ran. The rows are in the schema test_failures; docs/runbook.md says what to do."],
                tables=[Table("By test.", [Column("test", "Test"), Column("rows", "Rows", "count")], failures)],
            )
        )
    else:
        sections.append(Section("Tests that found something", ["None: every test that has run found nothing."]))
    sections.append(
        Section(
            "What the build made",
            tables=[
                Table(
                    "Rows of each mart.",
                    [Column("mart", "Mart"), Column("rows", "Rows", "count")],
                    marts.rows("rows_of_marts"),
                )
            ],
        )
    )
    return Page(
        "runs",
        "Runs",
        "What ran, how it ended, and how fresh the data are.",
        "engineering",
        sections,
        [
            Figure("raw last changed, UTC", written(landed, "time")) if landed else Figure("source", "seeds"),
            Figure("last build began, UTC", written(marts.build.built_at, "time")),
            Figure("rejected rows", written(rejected[0]["rows_in_all"] if rejected else 0, "count")),
        ],
    )


def summed(rows: str | None) -> int | None:
    """Of the rows of a run by table, as JSON, how many there are in all."""
    return None if rows is None else sum(json.loads(rows).values())


def index(marts: Marts, pages: Sequence[Page]) -> Page:
    """What stands first, and where to find the rest."""
    total, called, by_week = marts.row("receivables_total"), marts.row("calls_total"), marts.rows("weeks")
    whole = [row for row in with_month(marts.rows("months")) if not row["is_partial"]]
    section = Section("The pages", links=pages)
    figures = [
        Figure("open", money(total["amount_open"])),
        Figure("overdue", money(total["amount_overdue"])),
        Figure("expected in the next 7 days", money(by_week[0]["amount_expected"])),
        Figure("accounts to call", written(called["accounts"], "count")),
    ]
    last = Section("At a glance")
    if whole and whole[-1]["late_share"] is not None:
        figures.append(
            Figure(f"late of what was due in {whole[-1]['month']}", written(whole[-1]["late_share"], "percent"))
        )
        last.charts.append(
            Chart(
                "Share of the invoices due in each month that were not paid by then",
                charts.lines(whole, "month", {"late_share": "late"}, "share", SHARE),
                "The table is on the page Receivables, as that of the ageing is.",
            )
        )
    by_month = with_month(marts.rows("ageing_by_month"))
    if any(row["amount_open"] for row in by_month):
        last.charts.append(
            Chart(
                "What was open at the end of each month, by days beyond the due date",
                charts.bars(by_month, "month", AGES, "dollars", DOLLARS),
            )
        )
    if not last.charts:
        last.text.append("No month is over yet.")
    return Page(
        "index",
        "Late payments",
        "Who pays late, what is owed, and what is done about it.",
        "engineering",
        [section, last],
        figures,
    )
