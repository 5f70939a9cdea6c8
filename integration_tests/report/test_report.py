"""The pages, looked at with Chromium: they fit, ask for nothing, say what the marts say, and can be printed."""

import base64
import io
import json
import re
import stat
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from html import unescape
from importlib.util import find_spec
from math import log
from pathlib import Path
from shutil import which
from statistics import quantiles

import duckdb
import pytest
from conftest import Project
from pypdf import PdfReader
from selenium import webdriver
from test_faults import small_disk

PAGES = ["index", "calls", "receivables", "features", "runs"]
CHARTS = {"index": 2, "calls": 0, "receivables": 7, "features": 6, "runs": 0}
WIDTHS = [1600, 1000, 390]
# What a customer may call itself: a script, a formula, markup, and a name without an end.
NAMES = ["<script>alert(1)</script>", '=HYPERLINK("http://example.com", "x")', "<b>&amp;</b>", "Long" * 60]
AXE = Path(str(find_spec("axe_playwright_python").origin)).with_name("axe.min.js")

# Elements whose text is not all seen, or lies outside of the window; texts of a chart that lie outside of the picture,
# or upon one another.
FAULTS = """
const found = [];
for (const element of document.querySelectorAll("body *:not(svg, svg *)")) {
  const isSeen = element.textContent.trim() && !(element.closest("thead")?.offsetWidth == 1);
  const {left, right} = element.getBoundingClientRect(), width = element.clientWidth;
  if (isSeen && (left < -1 || right > innerWidth + 1 || width && element.scrollWidth > width + 1))
    found.push(element.tagName + ": " + element.textContent.trim().slice(0, 60));
}
for (const svg of document.querySelectorAll("svg")) {
  const whole = svg.getBoundingClientRect();
  // Of labels that would meet, some are there and not to be seen.
  const texts = [...svg.querySelectorAll("text:not([opacity='0'])")].filter(text => text.textContent.trim());
  const boxes = texts.map(text => text.getBoundingClientRect());
  texts.forEach((text, i) => {
    const a = boxes[i];
    if (a.left < whole.left - 1 || a.right > whole.right + 1 || a.top < whole.top - 1 || a.bottom > whole.bottom + 1)
      found.push("outside: " + text.textContent);
    texts.slice(0, i).forEach((other, j) => {
      const b = boxes[j];
      if (a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 3 && b.top < a.bottom - 3)
        found.push("upon one another: " + text.textContent + ", " + other.textContent);
    });
  });
}
return found;
"""
# Whether every chart has a mark for values, not only a frame.
ARE_DRAWN = """
return [...document.querySelectorAll("figure svg")].every(svg => svg.querySelectorAll(".role-mark path").length);
"""
TABLES = """
return [...document.querySelectorAll("table")].map(table => ({
  caption: table.caption.textContent,
  rows: [...table.tBodies[0].rows].map(row => [...row.cells].map(cell =>
    [...cell.querySelectorAll(".line")].map(line => line.textContent).join("\\n") || cell.textContent.trim()))
}));
"""


@pytest.fixture(scope="session")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A copy built from the seeds, with its pages. To copy, not to change."""
    project = Project(tmp_path_factory.mktemp("plain") / "project")
    project.make("build")
    project.make("report")
    return project


@pytest.fixture(scope="session")
def reported(plain: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """With everything that pages can show, and their text. To look at, not to change."""
    project = Project.like(plain, tmp_path_factory.mktemp("reported") / "project")
    with duckdb.connect(project.database) as connection:
        for place, name in enumerate(NAMES):
            connection.execute(
                "update branch.accounts_to_contact set company_name = ? where contact_rank = ?", [name, place + 1]
            )
            connection.execute(
                "update finance.dim_accounts set company_name = ? where account_id = (select account_id from"
                " finance.receivables_ageing order by amount_open desc, account_id limit 1 offset ?)",
                [name, place],
            )
        connection.execute(
            "insert into staging.trs_rejected_rows values ('invoices', '1', ?, '{}'), ('invoices', '2', ?, '{}')",
            [NAMES[0], NAMES[3]],
        )
        connection.execute("create schema if not exists test_failures")
        connection.execute("create or replace table test_failures.assert_something as select 1 as one")
        # A night later three invoices have another total, and one is gone.
        connection.execute("use history_of_seeds")
        history = "invoice_features_history"
        connection.execute(f"update {history} set dbt_valid_from = dbt_valid_from - interval 1 day")
        connection.execute(
            f"create temp table changed as select * replace (inv_total + 1 as inv_total,"
            f" dbt_valid_from + interval 1 day as dbt_valid_from, dbt_scd_id || 'x' as dbt_scd_id)"
            f" from {history} where inv_id <= 3"
        )
        connection.execute(f"update {history} set dbt_valid_to = dbt_valid_from + interval 1 day where inv_id <= 4")
        connection.execute(f"insert into {history} from changed")
        connection.execute("create schema features_asof_20210412")
        connection.execute(
            "create table features_asof_20210412.invoice_features as from features.invoice_features limit 100"
        )
    page = (project.path / "docs/call-list.md").read_text()
    first, *_ = re.findall(r"^\d+ days from .*$", page, re.M)
    tables = re.findall(r"(?:^\|.*\n)+", page, re.M)
    (project.path / "target/backtest.md").write_text("\n\n".join([first, *(table.strip() for table in tables)]) + "\n")
    project.make("report")
    project.make("contacts")
    return project


@pytest.fixture(scope="session")
def browser() -> Iterator[webdriver.Chrome]:
    options = webdriver.ChromeOptions()
    options.binary_location = which("chromium")
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    browser = webdriver.Chrome(options, webdriver.ChromeService(which("chromedriver")))
    yield browser
    browser.quit()


def see(browser: webdriver.Chrome, page: Path, width: int = 1600) -> None:
    """Open a page in a window of some width."""
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    browser.get_log("performance")
    browser.get(page.as_uri())


def requests(browser: webdriver.Chrome) -> list[str]:
    """What the page has asked for since it was opened, itself among it."""
    events = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    return [event["params"]["request"]["url"] for event in events if event["method"] == "Network.requestWillBeSent"]


def tables(browser: webdriver.Chrome) -> dict[str, list[list[str]]]:
    """The rows of each table of the page at hand, by the first words of its caption."""
    found = browser.execute_script(TABLES)
    assert len({table["caption"] for table in found}) == len(found)
    return {table["caption"]: table["rows"] for table in found}


def table(browser: webdriver.Chrome, caption: str) -> list[list[str]]:
    (rows,) = [rows for words, rows in tables(browser).items() if words.startswith(caption)]
    return rows


def file(project: Project, page: str) -> Path:
    return project.path / ("contacts/calls.html" if page == "contacts" else f"reports/{page}.html")


def money(value: object) -> str:
    return f"${value:,.2f}"


@pytest.mark.parametrize("page", [*PAGES, "contacts"])
def test_a_page_fits_and_asks_for_nothing(reported: Project, browser: webdriver.Chrome, page: str) -> None:
    path = file(reported, page)
    for width in WIDTHS:
        see(browser, path, width)
        # The icon is within the page.
        assert [url for url in requests(browser) if not url.startswith("data:")] == [path.as_uri()]
        assert browser.get_log("browser") == []
        assert browser.execute_script("return document.documentElement.scrollWidth") == width
        assert browser.execute_script(FAULTS) == [], width
        assert browser.execute_script("return document.querySelectorAll('figure svg').length") == CHARTS.get(page, 0)
        assert browser.execute_script(ARE_DRAWN)


@pytest.mark.parametrize("page", [*PAGES, "contacts"])
def test_a_page_can_be_used_by_everybody(reported: Project, browser: webdriver.Chrome, page: str) -> None:
    for width in WIDTHS[::2]:
        see(browser, file(reported, page), width)
        # What WebDriver runs, the page's own policy does not bind.
        browser.execute_script(AXE.read_text())
        found = browser.execute_async_script("axe.run().then(arguments[arguments.length - 1])")
        assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found["violations"]] == []
        passed = {rule["id"] for rule in found["passes"]}
        assert {"color-contrast", "html-has-lang", "document-title"} <= passed
        if page != "index" and width == 1600:
            assert {"scope-attr-valid", "th-has-data-cells"} <= passed


def test_numbers_are_those_of_the_marts(reported: Project, browser: webdriver.Chrome) -> None:
    see(browser, file(reported, "receivables"))
    ages = ["amount_current", "amount_1_to_30", "amount_31_to_60", "amount_61_to_90", "amount_over_90"]
    (total,) = reported.query(f"select {', '.join(ages)} from finance.receivables_ageing_total")
    assert [row[2] for row in table(browser, "Open invoices by")] == [money(value) for value in total]
    months = reported.query(
        f"select {', '.join(ages)}, amount_open from finance.receivables_ageing_by_month order by month_start"
    )
    assert [row[1:] for row in table(browser, "Open at the end")] == [
        [money(value) for value in row] for row in months[-12:]
    ]
    ratios = reported.query(
        "select amount_issued, amount_collected, amount_closing, days_sales_outstanding, best_possible_dso,"
        " average_days_delinquent, collection_effectiveness_index, late_share from finance.monthly_receivables"
        " order by month_start"
    )
    assert [row[1:] for row in table(browser, "Receivables by month")] == [
        [*(money(value) for value in row[:3]), *(f"{value:,.1f}" for value in row[3:7]), f"{100 * row[7]:.1f} %"]
        for row in ratios[-12:]
    ]
    weeks = reported.query(
        "select amount_due, amount_expected, amount_expected_of_overdue from finance.expected_collections"
        " order by weeks_ahead"
    )
    assert [row[1:] for row in table(browser, "Due and expected")] == [[money(value) for value in row] for row in weeks]
    past = reported.query(
        "select sum(amount_due), sum(amount_expected), sum(amount_collected) from finance.collections_by_month"
        " group by month_start having count(*) = 4 order by month_start"
    )
    compared = table(browser, "Expected and collected")
    assert [row[2:5] for row in compared] == [[money(value) for value in row] for row in past[-12:]]
    assert [row[5] for row in compared] == [f"{100 * (row[1] - row[2]) / row[2]:.1f} %" for row in past[-12:]]
    debtors = reported.query(
        "select company_name, amount_open from finance.receivables_ageing join finance.dim_accounts using (account_id)"
        " order by amount_open desc, account_id limit 10"
    )
    assert [(row[0], row[2]) for row in table(browser, "The ten accounts")] == [
        (name, money(amount)) for name, amount in debtors
    ]


def test_the_calls_are_those_of_the_mart(reported: Project, browser: webdriver.Chrome) -> None:
    see(browser, file(reported, "calls"))
    calls = reported.query(
        "select contact_rank || '. ' || company_name, value_overdue, value_due_7d, expected_late_value, reason"
        " from branch.accounts_to_contact order by contact_rank limit 40"
    )
    rows = table(browser, "Ranked by")
    assert [(row[0], *row[2:5], row[1].split("\n")[0]) for row in rows] == [
        (name, *map(money, amounts), reason) for name, *amounts, reason in calls
    ]
    # The invoices, of which five are shown, are those that the reason counts.
    for _, why, *_ in rows:
        reason, *invoices = why.split("\n")
        number = sum(map(int, re.findall(r"(\d+) invoices? worth", reason)))
        assert len(invoices) == min(number, 6)
        assert number <= 5 or invoices[5] == f"and {number - 5} more"
    ((left,),) = reported.query("select count(*) - 40 from branch.accounts_to_contact")
    assert f"{left} more accounts are on the list" in file(reported, "calls").read_text()


def test_the_features_are_those_of_the_history(reported: Project, browser: webdriver.Chrome) -> None:
    see(browser, file(reported, "features"))
    rows = table(browser, "inv_total")
    replay = reported.query(
        "select min(inv_total), max(inv_total), count(*) from features_asof_20210412.invoice_features"
    )
    assert len(rows) == 3
    assert [(rows[2][1], rows[2][6], rows[2][7])] == [(money(low), money(high), str(n)) for low, high, n in replay]
    assert rows[2][0] == "replay of 12 Apr 2021"
    ((before, after),) = [(int(row[7].replace(",", "")) for row in rows[:2])]
    assert (before, after) == (9685, 9684)
    changed = {row[0]: row[1:] for row in table(browser, "Invoices whose feature")}
    assert changed["inv_total"] == ["3", "0", "1"] and changed["acct_age"] == ["0", "0", "1"]
    judged = reported.query(
        "select num_inv_scored, mean_probability, share_late from features.risk_by_month order by month_start"
    )
    assert [row[1:4] for row in table(browser, "Of the invoices open and not")] == [
        [str(number), f"{100 * expected:.1f} %", f"{100 * late:.1f} %"] for number, expected, late in judged[-12:]
    ]
    assert {row[0] for row in table(browser, "Whom rules call")} >= {"random", "call list", "ideal"}


def test_the_stability_index_is_the_textbooks(reported: Project, browser: webdriver.Chrome) -> None:
    """Recomputed in plain Python, bin by bin."""
    see(browser, file(reported, "features"))
    shown = {row[0]: row[1] for row in table(browser, "Population stability")}
    rows = reported.query(
        "select date_issued > as_of - 90, inv_total, inv_items, acct_age, num_inv_120d, cum_tot_inv_acct"
        " from features.invoice_features join finance.fct_invoices on inv_id = invoice_id"
    )
    for place, feature in enumerate(["inv_total", "inv_items", "acct_age", "num_inv_120d", "cum_tot_inv_acct"], 1):
        before = [float(row[place]) for row in rows if not row[0]]
        recent = [float(row[place]) for row in rows if row[0]]
        edges = sorted(set(quantiles(before, n=10, method="inclusive")))
        counts = [Counter(bisect_left(edges, value) for value in values) for values in (before, recent)]
        bins = set(counts[0]) | set(counts[1])
        shares = [
            {each: (count[each] + 0.5) / sum(count[other] + 0.5 for other in bins) for each in bins} for count in counts
        ]
        index = sum((shares[1][each] - shares[0][each]) * log(shares[1][each] / shares[0][each]) for each in bins)
        assert shown[feature] == f"{index:.3f}"


def test_the_runs_are_those_of_the_audit(reported: Project, browser: webdriver.Chrome) -> None:
    see(browser, file(reported, "runs"))
    runs = reported.query("select command, outcome from audit.runs order by begun_at desc limit 20")
    assert [(row[1], row[5]) for row in table(browser, "Times are UTC")] == runs
    assert table(browser, "By table and reason") == [
        ["invoices", reason, "1"] for reason in sorted((NAMES[0], NAMES[3]))
    ]
    assert table(browser, "By test") == [["assert_something", "1"]]
    marts = dict(table(browser, "Rows of each mart"))
    assert marts["features.invoice_features"] == "9,685" and len(marts) == 20


@pytest.mark.parametrize("page", [*PAGES, "contacts"])
def test_every_page_says_where_it_comes_from(reported: Project, page: str) -> None:
    text = file(reported, page).read_text()
    ((build,),) = reported.query("select run_id from audit.last_green_build")
    owner = {
        "calls": "branch-operations@",
        "contacts": "branch-operations@",
        "receivables": "finance@",
        "features": "data-science@",
    }.get(page, "analytics-engineering@")
    for words in ("28 May 2021", "<dd>seeds</dd>", build, owner):
        assert words in text


@pytest.mark.parametrize("page", ["calls", "contacts", "receivables", "runs"])
def test_text_from_the_data_is_text(reported: Project, browser: webdriver.Chrome, page: str) -> None:
    see(browser, file(reported, page))
    assert browser.execute_script("return document.querySelectorAll('script, b, a[href^=http]').length") == 0
    seen = browser.execute_script("return document.body.innerText")
    shown = [NAMES[0], NAMES[3]] if page == "runs" else NAMES
    assert all(name in seen for name in shown)


@pytest.mark.parametrize("page", ["calls", "contacts", "receivables", "runs"])
def test_no_row_is_cut_where_it_is_printed(reported: Project, browser: webdriver.Chrome, page: str) -> None:
    see(browser, file(reported, page))
    printed = browser.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})
    pdf = PdfReader(io.BytesIO(base64.b64decode(printed["data"])))
    sheets = [re.sub(r"\s", "", sheet.extract_text()) for sheet in pdf.pages]
    assert {(round(sheet.mediabox.width), round(sheet.mediabox.height)) for sheet in pdf.pages} == {(842, 595)}
    for rows in tables(browser).values():
        for row in rows:
            # All cells of a row on one sheet of paper.
            cells = [re.sub(r"\s", "", cell) for cell in row]
            assert any(all(cell in sheet for cell in cells) for sheet in sheets), row


def test_contacts_are_written_only_when_asked_for_by_name(reported: Project) -> None:
    contacts = reported.query(
        "select contact_person, contact_phone from branch.accounts_to_contact where contact_rank <= 40"
    )
    private = unescape((reported.path / "contacts/calls.html").read_text())
    public = "".join(unescape(page.read_text()) for page in (reported.path / "reports").iterdir())
    for person, phone in contacts:
        assert all(value is None or value in private for value in (person, phone))
        assert all(value is None or value not in public for value in (person, phone))
    assert {page.name for page in (reported.path / "reports").iterdir()} == {f"{page}.html" for page in PAGES}
    directory = reported.path / "contacts"
    assert [each.name for each in directory.iterdir()] == ["calls.html"]
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    assert stat.S_IMODE((directory / "calls.html").stat().st_mode) == 0o600
    ignored = (reported.path / ".gitignore").read_text().split()
    assert {"/reports/", "/contacts/"} <= set(ignored)


def test_a_directory_that_others_may_read_is_closed_first(plain: Project, tmp_path: Path) -> None:
    out = tmp_path / "open"
    out.mkdir(mode=0o755)
    (out / "calls.html").write_text("old")
    plain.make("contacts", f"OUT={out}")
    assert stat.S_IMODE(out.stat().st_mode) == 0o700
    assert stat.S_IMODE((out / "calls.html").stat().st_mode) == 0o600
    assert [each.name for each in out.iterdir()] == ["calls.html"]


def test_contacts_do_not_go_among_the_pages_for_everybody(plain: Project) -> None:
    before = file(plain, "calls").read_bytes()
    assert "contacts need a directory of their own" in plain.make("contacts", "OUT=reports", ok=False)
    assert file(plain, "calls").read_bytes() == before


def test_a_full_disk_leaves_the_pages_as_they_were(plain: Project, tmp_path: Path) -> None:
    out = tmp_path / "pages"
    # Room for some of the pages, not for all.
    with small_disk(out, 200_000):
        for page in PAGES:
            (out / f"{page}.html").write_text("old")
        assert "No space left on device" in plain.make("report", f"OUT={out}", ok=False)
        assert {page.name: page.read_text() for page in out.iterdir()} == {f"{page}.html": "old" for page in PAGES}


def test_where_there_is_nothing_a_sentence_says_so(plain: Project, browser: webdriver.Chrome, tmp_path: Path) -> None:
    project = Project.like(plain, tmp_path / "project")
    with duckdb.connect(project.database) as connection:
        for mart in ("branch.accounts_to_contact", "finance.receivables_ageing", "features.risk_by_month"):
            connection.execute(f"delete from {mart}")
        connection.execute("delete from finance.collections_by_month")
        for mart in ("receivables_ageing_total", "expected_collections", "receivables_ageing_by_month"):
            columns = [
                name
                for name, *_ in connection.execute(f"describe finance.{mart}").fetchall()
                if name.startswith(("amount", "invoices"))
            ]
            connection.execute(f"update finance.{mart} set {', '.join(f'{name} = 0' for name in columns)}")
    project.make("report")
    said = {
        "calls": ["Nothing is overdue as of 28 May 2021, and nothing falls due within 7 days."],
        "receivables": [
            "Nothing is open as of 28 May 2021.",
            "No account owes anything.",
            "Nothing is open, so nothing is expected.",
            "No month lies four weeks back yet",
        ],
        "features": [
            "There is no month yet of which every outcome is known.",
            "No back-test has been run here",
            "The history has one day so far",
        ],
        "runs": ["Every delivered row could be used.", "every test that has run found nothing"],
    }
    for page, sentences in said.items():
        see(browser, file(project, page), 390)
        seen = browser.execute_script("return document.body.innerText")
        assert all(sentence in seen for sentence in sentences), page
        assert browser.execute_script("return document.querySelectorAll('table tbody:empty').length") == 0
        assert browser.execute_script(ARE_DRAWN)


def test_pages_are_written_from_a_green_build_alone(plain: Project, tmp_path: Path) -> None:
    project = Project.like(plain, tmp_path / "project")
    before = {page: file(project, page).read_bytes() for page in PAGES}
    project.dbt("run", "--select", "invoice_features")
    for command in ("report", "contacts"):
        output = project.make(command, ok=False)
        assert "did not end green: dbt run" in output
        assert f"No page was written. Run a whole dbt build, then make {command}." in output
    assert {page: file(project, page).read_bytes() for page in PAGES} == before
    assert not (project.path / "contacts").exists()
    assert "as_of must not be set" in project.make("report", "AS_OF=2021-04-12", ok=False)
    project.database.unlink()
    output = project.make("report", ok=False)
    assert (
        "There is no late_payments.duckdb yet. No page was written. Run a whole dbt build, then make report." in output
    )
    assert not project.database.exists()


def test_a_day_that_the_history_does_not_have_is_refused(plain: Project, tmp_path: Path) -> None:
    output = plain.make("report", "DAYS=1999-01-01", f"OUT={tmp_path / 'out'}", ok=False)
    assert "The history begins on" in output and "No page was written." in output
    assert not (tmp_path / "out").exists()


def test_the_same_build_gives_the_same_pages(plain: Project, tmp_path: Path) -> None:
    plain.make("report", f"OUT={tmp_path / 'again'}")
    for page in PAGES:
        assert (tmp_path / f"again/{page}.html").read_bytes() == file(plain, page).read_bytes()


def test_pages_do_not_grow_with_the_data(plain: Project, tmp_path: Path) -> None:
    project = Project.like(plain, tmp_path / "project")
    with duckdb.connect(project.database) as connection:
        for mart, key in (("branch.accounts_to_contact", "contact_rank"), ("finance.receivables_ageing", "account_id")):
            connection.execute(
                f"insert into {mart} select * exclude (copy) replace ({key} + 1000 * copy as {key})"
                f" from {mart}, range(1, 50) as copies (copy)"
            )
    project.make("report")
    for page in PAGES:
        assert file(project, page).stat().st_size < 1.1 * file(plain, page).stat().st_size
