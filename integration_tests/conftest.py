"""Scenarios run the commands that users run, in copies of the project, so that nobody's own files are touched."""

import fcntl
import os
import pickle
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import duckdb
import msgpack
import pytest

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
# dbt, and make with it, without the seconds in which dbt starts. Where the command line itself is tested, or killed, it
# is the dbt and the make of BIN.
WARM = (sys.executable, "-IS", str(Path(__file__).with_name("warm_dbt.py")))
DBT = (*WARM, "dbt")
MAKE = ("make", f"VENV={BIN.parent}", f"DBT={' '.join(DBT)}", f"PACKAGE={' '.join((*WARM, 'late_payments'))}")
REAL_MAKE = MAKE[:2]
# Extracts that may not be committed. Where they are absent, what needs them is skipped.
REAL_EXTRACTS = (ROOT / os.environ.get("REAL_EXTRACTS", "../shared/trs_extracts")).resolve()

TABLES = ["accounts", "skus", "invoices", "invoice_line_items"]
HISTORIES = ["skus_history", "accounts_history", "invoices_history", "invoice_features_history"]

# They read no data, so once is enough: in a test of their own, and where a rule is broken.
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
        return self.run(*DBT, "--no-use-colors", *arguments, ok=ok, **env)

    def make(self, *arguments: str, ok: bool = True, **env: str) -> str:
        return self.run(*MAKE, *arguments, ok=ok, **env)

    def query(self, sql: str) -> list[tuple]:
        with duckdb.connect(self.database, read_only=True) as connection:
            return connection.execute(sql).fetchall()

    def exported(self, name: str = "invoice_features") -> list[tuple]:
        return duckdb.sql(f"select * from '{self.path}/exports/{name}.parquet'").fetchall()

    def state(self) -> dict[str, object]:
        """What must survive a fault: every row of raw, of the marts and of the history, every byte of the exports."""
        with duckdb.connect(self.database, read_only=True) as connection:

            def rows(query: str) -> list[tuple]:
                return connection.execute(query).fetchall()

            return {
                "exports": {file.name: file.read_bytes() for file in (self.path / "exports").glob("*.parquet")},
                "marts": rows("select * from features.invoice_features order by inv_id"),
                "history": [rows(f"select * from history.{history} order by all") for history in HISTORIES],
                "raw": [rows(f"select * from raw.{table} order by all") for table in TABLES],
            }

    def replace(self, file: str, old: str, new: str) -> None:
        text = (self.path / file).read_text()
        assert old in text, f"{file} does not hold: {old}"
        (self.path / file).write_text(text.replace(old, new))


def pytest_configure(config: pytest.Config) -> None:
    """Start what DBT asks, once: the workers of pytest-xdist find it in their environment."""
    # A make that finds these takes itself for a part of the one that runs the tests, and says so.
    for name in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS"):
        os.environ.pop(name, None)
    if "WARM_DBT" in os.environ:
        return
    directory = tempfile.mkdtemp()
    config.add_cleanup(lambda: shutil.rmtree(directory))
    os.environ["WARM_DBT"] = f"{directory}/socket"
    with socket.socket(socket.AF_UNIX) as listener, open(f"{directory}/log", "w") as log:
        listener.bind(os.environ["WARM_DBT"])
        listener.listen()
        server = subprocess.Popen(
            [sys.executable, WARM[-1], "serve", str(listener.fileno()), directory],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            pass_fds=[listener.fileno()],
            start_new_session=True,
        )
    config.add_cleanup(server.wait)
    config.add_cleanup(server.terminate)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first: begun last, they would go on for minutes after all others have ended."""
    longest = ("test_thirty_nights", "test_broken_rules_are_caught")
    items.sort(key=lambda item: item.name not in longest)


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Project], None]) -> Project:
    """The project that the first worker to ask for it makes, for all workers: to read and to copy, never to change.

    A connection that could write to its database would keep the other workers out.
    """
    directory = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        directory = directory.parent
    made = directory / f"{name}.pickle"
    with open(directory / f"{name}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            project = Project(directory / name)
            make(project)
            made.write_bytes(pickle.dumps(project))
    return pickle.loads(made.read_bytes())


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A fresh copy, nothing built."""
    return Project(tmp_path / "project")


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A copy built from the seeds, by the real commands, to look at and not to change."""

    def make(project: Project) -> None:
        project.build_output = project.run(*REAL_MAKE, "build")

    return made_once(tmp_path_factory, "built", make)


@pytest.fixture(scope="session")
def landed(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A copy built from landed extracts, to copy and not to change."""

    def make(project: Project) -> None:
        shutil.copytree(project.path / "seeds", project.path / "extracts")
        project.make("build", "EXTRACTS=extracts")

    return made_once(tmp_path_factory, "landed", make)


@pytest.fixture(scope="session")
def built_from_real(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A copy built from the real extracts, to look at and not to change."""
    return made_once(
        tmp_path_factory, "built_from_real", lambda project: project.make("build", f"EXTRACTS={REAL_EXTRACTS}")
    )


@pytest.fixture
def rebuildable(built: Project, tmp_path: Path) -> Project:
    """A copy of the built project, to change and build again."""
    return Project.like(built, tmp_path / "project")
