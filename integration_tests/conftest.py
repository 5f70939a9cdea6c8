"""Scenarios run the commands that users run, in copies of the project, so that nobody's own files are touched."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import msgpack
import pytest

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
# Extracts that may not be committed. Where they are absent, what needs them is skipped.
REAL_EXTRACTS = (ROOT / os.environ.get("REAL_EXTRACTS", "../shared/trs_extracts")).resolve()

HISTORIES = ["skus_history", "accounts_history", "invoices_history", "invoice_features_history"]

# They read no data, so once is enough: in `built`, and where a rule is broken.
WITHOUT_UNIT_TESTS = {"DBT_EXCLUDE_RESOURCE_TYPES": "unit_test"}
WITH_UNIT_TESTS = {"DBT_EXCLUDE_RESOURCE_TYPES": ""}

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

    @classmethod
    def like(cls, other: "Project", path: Path) -> "Project":
        """A copy with everything that was built, to change and build again."""
        shutil.copytree(other.path, path)
        # What dbt has parsed, which takes seconds, names the place of the seeds, which it would go on reading there.
        file = path / "target/partial_parse.msgpack"
        parsed = msgpack.unpackb(file.read_bytes(), strict_map_key=False)
        for node in parsed["nodes"].values():
            if node["resource_type"] == "seed":
                node["root_path"] = str(path)
        file.write_bytes(msgpack.packb(parsed))
        project = cls.__new__(cls)
        project.path, project.database = path, path / other.database.name
        return project

    def start(self, *command: str | Path, **env: str) -> subprocess.Popen:
        return subprocess.Popen(
            list(map(str, command)),
            cwd=self.path,
            env={**os.environ, "NO_COLOR": "1", **WITHOUT_UNIT_TESTS, **env},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def end(self, *command: str | Path, **env: str) -> tuple[int, str]:
        """The exit status and the output of a command."""
        process = self.start(*command, **env)
        output, _ = process.communicate()
        return process.returncode, output

    def run(self, *command: str | Path, ok: bool = True, **env: str) -> str:
        """The output of a command, which must end as ok says."""
        status, output = self.end(*command, **env)
        assert (status == 0) == ok, f"{' '.join(map(str, command))} ended with {status}:\n{output}"
        return output

    def dbt(self, *arguments: str, ok: bool = True, **env: str) -> str:
        return self.run(BIN / "dbt", "--no-use-colors", *arguments, ok=ok, **env)

    def make(self, *arguments: str, ok: bool = True, **env: str) -> str:
        return self.run("make", f"VENV={BIN.parent}", *arguments, ok=ok, **env)

    def query(self, sql: str) -> list[tuple]:
        with duckdb.connect(self.database, read_only=True) as connection:
            return connection.execute(sql).fetchall()

    def exported(self, name: str = "invoice_features") -> list[tuple]:
        return duckdb.sql(f"select * from '{self.path}/exports/{name}.parquet'").fetchall()

    def state(self) -> dict[str, object]:
        """What must survive a fault: every row of raw, of the marts and of the history, every byte of the exports."""
        raw = ["accounts", "skus", "invoices", "invoice_line_items"]
        return {
            "exports": {file.name: file.read_bytes() for file in (self.path / "exports").glob("*.parquet")},
            "marts": self.query("select * from features.invoice_features order by inv_id"),
            "history": [self.query(f"select * from history.{history} order by all") for history in HISTORIES],
            "raw": [self.query(f"select * from raw.{table} order by all") for table in raw],
        }

    def replace(self, file: str, old: str, new: str) -> None:
        text = (self.path / file).read_text()
        assert old in text, f"{file} does not hold: {old}"
        (self.path / file).write_text(text.replace(old, new))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first: begun last, it would go on for minutes after all others have ended."""
    items.sort(key=lambda item: item.name != "test_thirty_nights")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A fresh copy, nothing built."""
    return Project(tmp_path / "project")


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A copy built once from the seeds, to look at and not to change."""
    project = Project(tmp_path_factory.mktemp("built") / "project")
    project.build_output = project.make("build", **WITH_UNIT_TESTS)
    return project


@pytest.fixture(scope="session")
def landed(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A copy built once from landed extracts, to copy and not to change."""
    project = Project(tmp_path_factory.mktemp("landed") / "project")
    shutil.copytree(project.path / "seeds", project.path / "extracts")
    project.make("build", "EXTRACTS=extracts")
    return project


@pytest.fixture(scope="session")
def built_from_real(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A copy built once from the real extracts. Builds as of a past day may be added to it: they touch nothing else."""
    project = Project(tmp_path_factory.mktemp("real") / "project")
    project.make("build", f"EXTRACTS={REAL_EXTRACTS}")
    return project


@pytest.fixture
def rebuildable(built: Project, tmp_path: Path) -> Project:
    """A copy of the built project, to change and build again."""
    return Project.like(built, tmp_path / "project")
