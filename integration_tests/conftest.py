"""Scenarios run the commands that users run, in copies of the project, so that nobody's own files are touched."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
# Extracts that may not be committed. Where they are absent, what needs them is skipped.
REAL_EXTRACTS = (ROOT / os.environ.get("REAL_EXTRACTS", "../shared/trs_extracts")).resolve()

needs_real_extracts = pytest.mark.skipif(not REAL_EXTRACTS.is_dir(), reason=f"no extracts in {REAL_EXTRACTS}")


class Project:
    """A copy of the project with a database and exports of its own."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.database = path / "late_payments.duckdb"
        files = subprocess.run(
            ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
        ).stdout.split("\0")
        for file in filter(None, files):
            if (ROOT / file).exists():
                (path / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / file, path / file)

    def run(self, *command: str | Path, ok: bool = True, **env: str) -> str:
        """The output of a command, which must end as ok says."""
        done = subprocess.run(
            list(map(str, command)),
            cwd=self.path,
            env={**os.environ, "NO_COLOR": "1", **env},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert (done.returncode == 0) == ok, (
            f"{' '.join(map(str, command))} ended with {done.returncode}:\n{done.stdout}"
        )
        return done.stdout

    def dbt(self, *arguments: str, ok: bool = True, **env: str) -> str:
        return self.run(BIN / "dbt", "--no-use-colors", *arguments, ok=ok, **env)

    def make(self, *arguments: str, ok: bool = True, **env: str) -> str:
        return self.run("make", f"VENV={BIN.parent}", *arguments, ok=ok, **env)

    def query(self, sql: str) -> list[tuple]:
        with duckdb.connect(self.database, read_only=True) as connection:
            return connection.execute(sql).fetchall()

    def exported(self, name: str = "invoice_features") -> list[tuple]:
        return duckdb.sql(f"select * from '{self.path}/exports/{name}.parquet'").fetchall()

    def replace(self, file: str, old: str, new: str) -> None:
        text = (self.path / file).read_text()
        assert old in text, f"{file} does not hold: {old}"
        (self.path / file).write_text(text.replace(old, new))


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A fresh copy, nothing built."""
    return Project(tmp_path / "project")


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A copy built once from the seeds, to look at and not to change."""
    project = Project(tmp_path_factory.mktemp("built") / "project")
    project.build_output = project.make("build")
    return project


@pytest.fixture
def rebuildable(built: Project, tmp_path: Path) -> Project:
    """A copy of the built project, to change and build again."""
    project = Project(tmp_path / "project")
    shutil.copytree(built.path / "exports", project.path / "exports", dirs_exist_ok=True)
    shutil.copytree(built.path / "target", project.path / "target")
    shutil.copy2(built.database, project.database)
    return project
