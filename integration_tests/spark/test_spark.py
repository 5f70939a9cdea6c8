"""DuckDB and Spark build equal marts, on one machine and on a cluster, and tests catch what Spark lets pass.

Three builds are compared, each for the faults that only it finds: where Spark reads SQL otherwise (the seeds, live),
where a model or a macro does something else as of a past day (the seeds, as of one), and where Spark Connect or several
processes do what one does not (on a cluster; there of the real extracts, if there are any, for values that nobody
invented). The same SQL with the extracts of one on the other way to Spark would find no others.
"""

import csv
import json
import os
import pickle
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pyspark
import pytest
import yaml
from conftest import HISTORIES, REAL_EXTRACTS, ROOT, TABLES, WITH_UNIT_TESTS, Project

HERE = Path(__file__).parent
PAST_DAY = "2021-04-12"
ON_SPARK = {"DBT_TARGET": "spark", "DBT_TARGET_PATH": "target/spark"}
LANDED = ("--vars", "{raw: landed}")
NO_TESTS = ("--exclude-resource-type", "test", "unit_test")
# A live build takes snapshots, and only after the tests.
NO_UNIT_TESTS = ("--exclude-resource-type", "unit_test")
# With what they are made of, and its tests.
HISTORIES_ALONE = ("--select", "+resource_type:snapshot", "--indirect-selection", "buildable", *NO_UNIT_TESTS)
# Everything, with the tests that stand before the histories.
FEW_TESTS = (
    *NO_UNIT_TESTS,
    "--exclude",
    *(f"resource_type:test,path:models/{room}" for room in ("intermediate/risk", "marts/finance", "marts/branch")),
)
DUCKDB_TYPES = {"VARCHAR": "string", "INTEGER": "int"}
# What differs between any two runs: when they were.
RUN = {"dbt_scd_id", "dbt_updated_at", "dbt_valid_from", "dbt_valid_to"}


def on_spark(project: Project, *statements: str, **env: str) -> list[tuple[list[tuple[str, str]], list[tuple]]]:
    """Columns with their types, and rows, of each statement, as Spark tells them without dbt."""
    output = subprocess.run(
        [sys.executable, HERE / "run_sql.py", *statements],
        cwd=project.path,
        env={**os.environ, **env},
        check=True,
        capture_output=True,
    ).stdout
    return pickle.loads(output)


def dbt_on_spark(project: Project, *commands: tuple[str, ...]) -> list[tuple[bool, str]]:
    """Whether each of some commands of dbt went well, and what it said. In one process: Spark takes long to start."""
    script = (
        "import json, sys; from dbt.cli.main import dbtRunner\n"
        "for number, arguments in enumerate(json.loads(sys.argv[1])):\n"
        "    print('ENDED', number, dbtRunner().invoke(arguments).success, flush=True)\n"
    )
    output = project.run(sys.executable, "-c", script, json.dumps(commands), **ON_SPARK, **WITH_UNIT_TESTS)
    *said, _ = re.split(r"^ENDED \d+ (?:True|False)\n", output, flags=re.M)
    ended = re.findall(r"^ENDED \d+ (True|False)$", output, re.M)
    assert len(ended) == len(commands), output
    return [(word == "True", words) for word, words in zip(ended, said, strict=True)]


def on_duckdb(project: Project, query: str) -> tuple[list[tuple[str, str]], list[tuple]]:
    columns = [
        (name, DUCKDB_TYPES.get(kind, kind.lower().replace(" ", "")))
        for name, kind, *_ in project.query(f"describe {query}")
    ]
    return columns, project.query(query)


def marts(project: Project) -> list[dict]:
    manifest = json.loads((project.path / "target/manifest.json").read_text())
    return [
        node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["access"] == "public" and node["contract"]["enforced"]
    ]


def assert_equal_marts(project: Project, *suffixes: str, **env: str) -> None:
    """Of the schemas with each suffix, the live ones if there is none given."""
    found = marts(project)
    assert len(found) == 20
    tables = [f"{mart['config']['schema']}{suffix}.{mart['alias']}" for suffix in suffixes or [""] for mart in found]
    queries = [f"select * from {table}" for table in tables]
    for table, query, spark in zip(tables, queries, on_spark(project, *queries, **env), strict=True):
        duckdb = on_duckdb(project, query)
        assert spark[0] == duckdb[0], f"columns of {table}"
        only_duckdb, only_spark = Counter(duckdb[1]) - Counter(spark[1]), Counter(spark[1]) - Counter(duckdb[1])
        assert not only_duckdb and not only_spark, (
            f"{table}: {only_duckdb.total()} rows of DuckDB are not on Spark, such as {next(iter(only_duckdb), None)};"
            f" {only_spark.total()} rows of Spark are not on DuckDB, such as {next(iter(only_spark), None)}"
        )
        # Empty where everything is paid, as in the real extracts.
        of_open_invoices = (
            "features.scoring_set",
            "features.open_invoice_risk",
            "branch.accounts_to_contact",
            "finance.receivables_ageing",
        )
        # Of extracts nobody knows the hours.
        assert duckdb[1] or table in of_open_invoices or "hourly" in table, f"{table} is empty"


def land(project: Project, **env: str) -> None:
    project.make("land", f"EXTRACTS={project.path / 'extracts'}", **env)


def landing(directory: Path) -> tuple[str, ...]:
    """The command that `make land` is on Spark."""
    return ("run-operation", "land", *LANDED, "--args", json.dumps({"directory": str(directory)}))


@pytest.fixture(scope="module", autouse=True)
def short_lived_java() -> Iterator[None]:
    """Java compiles once and quickly and collects in one thread: it ends before more than that would pay.

    For what it compiles it has the room that it would have otherwise: Spark makes code for each statement.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:ReservedCodeCacheSize=240m")
        yield


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The seeds, landed and built on both engines, live (on Spark with all tests) and as of a past day."""
    project = Project(tmp_path_factory.mktemp("seeds") / "project")
    shutil.copytree(project.path / "seeds", project.path / "extracts")
    as_of = ("build", "--vars", f"{{raw: landed, as_of: {PAST_DAY}}}", *NO_TESTS)
    land(project)
    project.dbt("build", *LANDED)
    project.dbt(*as_of)
    for went_well, said in dbt_on_spark(project, landing(project.path / "extracts"), ("build", *LANDED), as_of):
        assert went_well, said
    return project


def test_the_marts_of_the_seeds_are_equal(seeds: Project) -> None:
    """Spark computes the same, live and from what a past day knew: types, division, rounding, windows, nulls, dates."""
    assert_equal_marts(seeds, "", f"_asof_{PAST_DAY.replace('-', '')}")


def test_what_spark_lets_pass_is_caught_by_tests(seeds: Project) -> None:
    compiled = {
        file.stem.removeprefix("constraints_hold_").rstrip("_"): file.read_text()
        for file in (seeds.path / "target/spark/compiled").rglob("constraints_hold_*.sql")
    }
    constrained = {
        (mart["name"], column["name"])
        for mart in marts(seeds)
        for column in mart["columns"].values()
        if "not_null" in [constraint["type"] for constraint in column["constraints"]]
    }
    assert len(constrained) > 100
    assert not [(mart, column) for mart, column in constrained if f"not ({column} is not null)" not in compiled[mart]]
    nulls = [(mart["config"]["schema"], mart["alias"], ["null"] * len(mart["columns"])) for mart in marts(seeds)]
    ((_, [(before,)]), *_) = on_spark(
        seeds,
        "select outcome from audit.runs where judges_marts order by begun_at desc limit 1",
        *(f"insert into {schema}.{mart} values ({', '.join(row)})" for schema, mart, row in nulls),
        # And personal data where it may not be, in a table and in a view.
        "alter table branch.accounts_to_contact add column gender string",
        "create view features.contacts as select contact_phone from raw.accounts",
    )
    assert before == "green"
    chosen = ["test_name:constraints_hold,marts", "assert_no_personal_data_after_raw"]
    output = seeds.dbt("test", "--select", *chosen, *LANDED, ok=False, **ON_SPARK)
    assert not [mart for _, mart, _ in nulls if f"FAILED constraints_hold_{mart}_, 1 row" not in output]
    assert "FAILED assert_no_personal_data_after_raw, 2 rows" in output
    ((_, [(after,)]), _) = on_spark(
        seeds,
        "select outcome from audit.runs where judges_marts order by begun_at desc limit 1",
        # Tables are replaced by the next build; a view would stay.
        "drop view features.contacts",
    )
    assert after.endswith("failed in dbt test")


def change(file: Path, key: str, **values: str | None) -> None:
    """Change the row of a key in a CSV file, or take it out if no values are given."""
    with file.open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    name = next(iter(rows[0]))
    (row,) = [row for row in rows if row[name] == key]
    row.update(values) if values else rows.remove(row)
    with file.open("w", newline="") as lines:
        writer = csv.DictWriter(lines, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)


def test_snapshots_keep_what_a_second_run_overwrites(seeds: Project) -> None:
    extracts = seeds.path / "extracts"
    with (extracts / "skus.csv").open(newline="") as lines:
        first, second = (row["item_id"] for row, _ in zip(csv.DictReader(lines), range(2), strict=False))
    change(extracts / "skus.csv", first, item_retail_price="7.77")
    change(extracts / "skus.csv", second, item_name="Another name")
    change(extracts / "accounts.csv", "1", company_name="O'Brien & Sons")
    for env in ({}, ON_SPARK):
        land(seeds, **env)
        seeds.dbt("build", *LANDED, *HISTORIES_ALONE, **env)

    queries = [f"select * from history.{history}" for history in HISTORIES]
    for query, (columns, rows) in zip(queries, on_spark(seeds, *queries), strict=True):
        names = [name for name, _ in columns]
        expected_columns, expected_rows = on_duckdb(seeds, query)
        assert [name for name, _ in expected_columns] == names
        kept = [index for index, name in enumerate(names) if name not in RUN]

        def versions(rows: list[tuple], names: list[str] = names, kept: list[int] = kept) -> Counter:
            """Without the instants, but with whether a version is the current one."""
            is_current = names.index("dbt_valid_to")
            return Counter((*(row[index] for index in kept), row[is_current].year == 9999) for row in rows)

        assert versions(rows) == versions(expected_rows), query
        assert len(rows) > len({row[0] for row in rows}) or "skus" not in query


def test_a_file_that_is_not_what_it_should_be_changes_nothing(seeds: Project, tmp_path: Path) -> None:
    faults = {
        "no file": lambda file: file.unlink(),
        "no column quantity": lambda file: file.write_text(file.read_text().replace("quantity", "units", 1)),
        "more than one": lambda file: file.write_text(file.read_text().replace("item_id,", "quantity,", 1)),
        "2 lines have more or fewer values": lambda file: file.write_text(file.read_text() + "1,2\n1,2,3,4\n"),
        "odd number of quotation marks": lambda file: file.write_text(file.read_text() + '1,2,"3\n1,2,3\n'),
        "Unescaped quote": lambda file: file.write_text(file.read_text() + '1,"2"x,3\n'),
        "not plain UTF-8": lambda file: file.write_bytes(file.read_bytes() + b"1,caf\xe9,3\n"),
        "no rows, only a header": lambda file: file.write_text("invoice_id,item_id,quantity\n"),
    }
    directories = []
    for number, damage in enumerate(faults.values()):
        directories.append(tmp_path / str(number))
        shutil.copytree(seeds.path / "extracts", directories[-1])
        damage(directories[-1] / "invoice_line_items.csv")
    ended = dbt_on_spark(seeds, *(landing(directory) for directory in directories))
    for fault, (went_well, said) in zip(faults, ended, strict=True):
        assert not went_well, f"{fault}: landed"
        assert ("PATH_NOT_FOUND" if fault == "no file" else fault) in said, fault
    raw = [f"select * from raw.{table}" for table in TABLES]
    for query, (_, rows) in zip(raw, on_spark(seeds, *raw), strict=True):
        assert Counter(rows) == Counter(on_duckdb(seeds, query)[1]), query


def test_half_a_landing_is_not_built(seeds: Project) -> None:
    on_spark(seeds, "alter table raw.skus set tblproperties ('landing' = 'another')")
    output = seeds.dbt("build", *LANDED, *NO_UNIT_TESTS, ok=False, **ON_SPARK)
    assert "not of one landing" in output


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A master and two workers, each a process, and the Spark Connect server in front of them: what names it to dbt."""
    home, directory = Path(pyspark.__file__).parent, tmp_path_factory.mktemp("cluster")
    ports = {name: str(free_port()) for name in ("master", "web", "connect")}
    master = f"spark://127.0.0.1:{ports['master']}"
    profile = yaml.safe_load((ROOT / "profiles.yml").read_text())["late_payments"]["outputs"]["spark"]
    settings = {
        # What cannot be set later, by whoever connects.
        **{name: profile["server_side_parameters"][name] for name in ("spark.jars.packages", "spark.sql.extensions")},
        "spark.driver.memory": "1g",
        "spark.driver.host": "127.0.0.1",
        "spark.executor.memory": "1g",
        "spark.connect.grpc.binding.address": "127.0.0.1",
        "spark.connect.grpc.binding.port": ports["connect"],
    }
    worker = ("org.apache.spark.deploy.worker.Worker", "--host", "127.0.0.1", "--cores", "1", "--memory", "1g")
    commands = [
        (
            *("spark-class", "org.apache.spark.deploy.master.Master", "--host", "127.0.0.1"),
            *("--port", ports["master"], "--webui-port", ports["web"]),
        ),
        *(("spark-class", *worker, "--webui-port", "0", "--work-dir", f"work{number}", master) for number in (1, 2)),
        (
            *("spark-submit", "--class", "org.apache.spark.sql.connect.service.SparkConnectServer", "--master", master),
            *(f"--conf={name}={value}" for name, value in settings.items()),
        ),
    ]
    processes = []
    with (directory / "cluster.log").open("w") as log:
        for script, *arguments in commands:
            processes.append(
                subprocess.Popen(
                    [home / "bin" / script, *arguments],
                    cwd=directory,
                    env={
                        **os.environ,
                        "SPARK_HOME": str(home),
                        "SPARK_LOCAL_IP": "127.0.0.1",
                        "SPARK_DAEMON_MEMORY": "1g",
                    },
                    stdout=log,
                    stderr=log,
                )
            )
    try:
        deadline = time.monotonic() + 180
        while True:
            ended = [process for process in processes if process.poll() is not None]
            assert not ended and time.monotonic() < deadline, (directory / "cluster.log").read_text()[-5000:]
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{ports['web']}/json/", timeout=5) as answer:
                    state = json.load(answer)
                socket.create_connection(("127.0.0.1", int(ports["connect"])), timeout=5).close()
                if [app["cores"] for app in state["activeapps"]] == [2]:
                    break
            except OSError:
                pass
            time.sleep(1)
        assert [worker["coresused"] for worker in state["workers"] if worker["state"] == "ALIVE"] == [1, 1]
        yield {**ON_SPARK, "SPARK_REMOTE": f"sc://127.0.0.1:{ports['connect']}"}
    finally:
        for process in reversed(processes):
            process.terminate()
        for process in processes:
            process.wait()


def test_the_marts_are_equal_on_a_cluster(project: Project, cluster: dict[str, str]) -> None:
    """By way of Spark Connect, from workers that share nothing but a directory."""
    (project.path / "extracts").symlink_to(REAL_EXTRACTS if REAL_EXTRACTS.is_dir() else ROOT / "seeds")
    on_cluster = {
        **cluster,
        # Where the workers find them too, each in a directory of its own.
        "LATE_PAYMENTS_SPARK_CATALOG_URI": f"jdbc:sqlite:{project.path}/catalog.db",
        "LATE_PAYMENTS_SPARK_WAREHOUSE": str(project.path / "warehouse"),
    }
    for env in ({}, on_cluster):
        land(project, **env)
        project.dbt("build", *LANDED, *FEW_TESTS, **env)
    assert_equal_marts(project, **on_cluster)
