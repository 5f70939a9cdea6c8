"""Every case of scenarios.py: what the command says, how it ends, and that nothing is lost."""

import os
import shutil
from pathlib import Path

import duckdb
import pytest
from conftest import DBT, MAKE, ROOT, TABLES, Project
from independent_features import features
from scenarios import (
    CASES,
    EVERYTHING,
    FAULTS,
    MARTS,
    NASTY,
    NEW_ACCOUNT,
    NOTHING_LOST,
    SAME_RAW,
    Case,
    appended,
    renamed_and_repriced,
)

RUNBOOK = ROOT / "docs/runbook.md"
START, END = "<!-- cases -->", "<!-- /cases -->"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(landed: Project, tmp_path: Path, case: Case) -> None:
    project = Project.like(landed, tmp_path / "project")
    extracts = tmp_path / case.directory
    shutil.copytree(landed.path / "extracts", extracts)
    if case.keeps == EVERYTHING:
        appended("accounts", NEW_ACCOUNT)(extracts)
    elif case.keeps == MARTS:
        renamed_and_repriced(extracts)
    case.damage(extracts)
    before = project.state()
    if case.keeps == SAME_RAW:
        # So what is there afterwards has been landed.
        with duckdb.connect(project.database) as connection:
            for table in TABLES:
                connection.execute(f"delete from raw.{table}")

    if case.arguments:
        project.make("land", f"EXTRACTS={extracts}")
        status, output = project.end(*DBT, "--quiet", "build", *case.arguments, **case.env)
    else:
        command = "check" if case.keeps == SAME_RAW else "build"
        status, output = project.end(*MAKE, command, f"EXTRACTS={extracts}", **case.env)

    last_lines = "\n".join(output.splitlines()[-45:])
    for words in case.says:
        assert words in last_lines
    assert status == case.status, output
    after = project.state()
    if case.keeps == NOTHING_LOST:
        assert after["marts"] == project.exported()
        assert after["marts"] == features(landed.path / "extracts")
    else:
        assert after["marts"] == before["marts"]
        assert after["history"] == before["history"]
        assert after["exports"] == before["exports"]
    if case.keeps in (EVERYTHING, SAME_RAW):
        assert after["raw"] == before["raw"]
    if case.name.startswith("\\N"):
        assert not project.query(r"select 1 from staging.stg_trs__account_contacts where contact_phone = '\N'")
    if case.name.startswith("values that look like"):
        names = project.query("select company_name from staging.stg_trs__accounts order by account_id")
        assert [name for (name,) in names[: len(NASTY)]] == list(NASTY)


def table() -> str:
    lines = ["| case | what is said | exit status | kept |", "|---|---|---|---|"]
    for case in [*CASES, *FAULTS.values()]:
        says = "<br>".join(f"`{words.replace('|', '&#124;')}`" for words in case.says)
        lines.append(f"| {case.name} | {says} | {case.status} | {case.keeps} |")
    return "\n".join(lines)


def test_the_runbook_lists_every_case() -> None:
    """UPDATE_RUNBOOK=1 writes the table anew."""
    text = RUNBOOK.read_text(encoding="utf-8")
    head, rest = text.split(START)
    listed, tail = rest.split(END)
    if os.environ.get("UPDATE_RUNBOOK"):
        RUNBOOK.write_text(f"{head}{START}\n\n{table()}\n\n{END}{tail}", encoding="utf-8")
    else:
        assert listed.strip() == table()
