"""Write the pages that people look at, from the marts of the last green build.

    python -m late_payments.report [--out DIRECTORY] [--days DAY …] [--contacts] [--target prod] [--vars "{…}"]

Each page is one file that needs no other and no network. With --contacts the call list is written with names and
telephone numbers, into a directory of its own that nobody else may read, and no other page. All pages are made before
the first is written, and each takes the place of the old one at once.
"""

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
from dbt.adapters.duckdb.credentials import DuckDBCredentials
from dbt.contracts.graph.manifest import Manifest
from dbt_common.exceptions import DbtBaseException
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from late_payments import warehouse
from late_payments.green import Build, Refused, last_green_build, public_models
from late_payments.landing.arguments import options_of_dbt
from late_payments.progress import Dbt
from late_payments.report.pages import Marts, Page, calls, features, index, receivables, runs
from late_payments.report.tables import written

TEMPLATES = Path(__file__).parent / "templates"


def main() -> int:
    """The exit status."""
    parser = argparse.ArgumentParser(prog="python -m late_payments.report", description=__doc__.split("\n", 1)[0])
    parser.add_argument("--out", type=Path, help="where to write; reports, or contacts with --contacts")
    parser.add_argument("--days", nargs="+", default=[], type=date.fromisoformat, help="of the history, YYYY-MM-DD")
    parser.add_argument("--contacts", action="store_true", help="write the call list with contacts, and nothing else")
    parser.add_argument("--target", help="of profiles.yml; else DBT_TARGET, else dev")
    parser.add_argument("--vars", help="as of dbt")
    arguments = parser.parse_args()
    out = (arguments.out or warehouse.PROJECT / ("contacts" if arguments.contacts else "reports")).absolute()
    os.chdir(warehouse.PROJECT)
    try:
        write(Dbt(*options_of_dbt(arguments)), out, arguments.days, arguments.contacts)
    except (Refused, DbtBaseException, duckdb.Error, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def write(dbt: Dbt, out: Path, days: Sequence[date], with_contacts: bool) -> None:
    """Write the pages, and say which. Refused, with every page as it was, unless the last build is green."""
    dbt.run("--no-write-json", "parse")
    if dbt.manifest is None:
        raise Refused("dbt cannot parse the project: see above")
    target = warehouse.target_of_dbt()
    if not isinstance(target, DuckDBCredentials):
        raise Refused("Pages are written from DuckDB. No page was written.")
    if warehouse.vars_of_dbt()["as_of"] is not None:
        raise Refused("Pages are of what is live, so as_of must not be set. No page was written.")
    command, database = "make contacts" if with_contacts else "make report", warehouse.in_words(target)
    undone = "No page was written"
    if with_contacts and (out / "index.html").exists():
        raise Refused(f"{out} holds pages for everybody, and contacts need a directory of their own. {undone}.")
    if not Path(target.path).exists():
        raise Refused(f"There is no {database} yet. {undone}. Run a whole dbt build, then {command}.")
    with warehouse.connect(target, read_only=True) as source:
        build = last_green_build(source, public_models(dbt.manifest), database, undone, command)
        marts = Marts(source, build)
        if with_contacts:
            contacts = {row["account_id"]: row for row in marts.rows("calls_contacts")}
            pages = [calls(marts, contacts)]
        else:
            listed = [
                calls(marts),
                receivables(marts),
                features(marts, days, warehouse.PROJECT / "target/backtest.md"),
                runs(marts),
            ]
            pages = [index(marts, listed), *listed]
    texts = {page.name: rendered(page, pages, build, dbt.manifest) for page in pages}
    put(out, texts, is_private=with_contacts)
    first = out / f"{pages[0].name}.html"
    print(f"\n  source    {build.source}\n  as of     {build.as_of}\n  pages     {first}\n")


def rendered(page: Page, pages: Sequence[Page], build: Build, manifest: Manifest) -> str:
    """The text of a page's file. What comes from the data is escaped."""
    owner = manifest.groups[f"group.{manifest.metadata.project_name}.{page.group}"].owner
    page.owner = f"{owner.name}, {owner.email}"
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters["day"] = lambda value: written(value, "day")
    environment.filters["time"] = lambda value: written(value, "time")
    style = (TEMPLATES / "style.css").read_text(encoding="utf-8")
    return environment.get_template("page.html").render(page=page, pages=pages, build=build, style=style)


def put(directory: Path, texts: Mapping[str, str], is_private: bool) -> None:
    """Put pages in the place of those before them, at once, when all are there; private ones for their owner.

    OSError, with the pages as they were, if they cannot be written.
    """
    directory.mkdir(parents=True, exist_ok=True)
    if is_private:
        directory.chmod(0o700)
    with TemporaryDirectory(dir=directory, prefix=".new-") as new:
        for name, text in texts.items():
            page = Path(new, f"{name}.html")
            page.touch(0o600 if is_private else 0o644)
            page.write_text(text, encoding="utf-8")
        for page in Path(new).iterdir():
            page.replace(directory / page.name)


if __name__ == "__main__":
    sys.exit(main())
