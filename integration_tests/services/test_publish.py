"""Publishing to a real PostgreSQL server: all or nothing for readers, nothing lost to a fault, no secret told."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
import yaml
from conftest import BIN, MAKE, WARM, Project
from servers import Postgres, assert_no_password, postgres_database, postgres_fixture
from test_faults import running, small_disk, wait_for, wait_for_line

MARTS = [
    "branch.accounts_to_contact",
    "features.invoice_features",
    "features.invoice_payment_history",
    "features.open_invoice_risk",
    "features.risk_by_month",
    "features.scoring_set",
    "features.training_set",
    "finance.collections_by_month",
    "finance.daily_receivables",
    "finance.dim_accounts",
    "finance.dim_date",
    "finance.dim_skus",
    "finance.expected_collections",
    "finance.fct_invoice_line_items",
    "finance.fct_invoices",
    "finance.hourly_receivables",
    "finance.monthly_receivables",
    "finance.receivables_ageing",
    "finance.receivables_ageing_by_month",
    "finance.receivables_ageing_total",
]

server = postgres_fixture()


class Target(Postgres):
    def content(self) -> dict[str, Counter]:
        return {mart: Counter(self.query(f"select * from {mart}")) for mart in MARTS}


@pytest.fixture
def target(server) -> Iterator[Target]:
    with postgres_database(server, Target) as target:
        yield target


@pytest.fixture
def live(built: Project, tmp_path: Path) -> Project:
    """A copy of the project as a green build left it."""
    return Project.like(built, tmp_path / "project")


def publish(project: Project, target: Target, *arguments: str, ok: bool = True, **env: str) -> str:
    output = project.run(*WARM, "late_payments.publish", *arguments, ok=ok, **{**target.env(), **env})
    assert_no_password(project, output)
    return output


def rows(project: Project, mart: str) -> Counter:
    return Counter(project.query(f"select * from {mart}"))


def all_rows(project: Project) -> dict[str, Counter]:
    return {mart: rows(project, mart) for mart in MARTS}


def files(project: Project) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in (project.path / "exports").iterdir() if file.is_file()}


def set_version(project: Project, version: int) -> None:
    """Stands for a build that changed two marts: they then agree on acct_age, in every row."""
    with duckdb.connect(project.database) as connection:
        for mart in ("invoice_features", "training_set"):
            connection.execute(f"update features.{mart} set acct_age = {version}")


def test_what_only_reads_leaves_the_build_green(live: Project, target: Target) -> None:
    """Two of these render the hooks of a build; none of them is one."""
    live.make("docs")
    for command in (("compile",), ("ls",), ("show", "--inline", "select 1"), ("parse",), ("test",)):
        live.dbt("--quiet", *command)
    assert_no_password(live, live.make("publish", **target.env()))
    assert target.content() == all_rows(live)


def test_all_marts_arrive_whole(live: Project, target: Target) -> None:
    output = publish(live, target)
    assert target.content() == all_rows(live)
    for mart in MARTS:
        assert f"{mart:36}" in output

    described = live.query(
        "select schema_name || '.' || table_name, comment from duckdb_tables() union all"
        " select schema_name || '.' || table_name || '.' || column_name, comment from duckdb_columns()"
    )
    published = target.query(
        "select nspname || '.' || relname || coalesce('.' || attname, ''), col_description(c.oid, coalesce(attnum, 0))"
        " from pg_class as c inner join pg_namespace as n on n.oid = relnamespace"
        " inner join (select attrelid, attname, attnum from pg_attribute where attnum > 0"
        " union all select oid, null, null from pg_class) as a on attrelid = c.oid"
        " where nspname in ('features', 'branch', 'finance') and relkind = 'r'"
    )
    described = dict(described)
    for name, comment in published:
        if name.count(".") == 2:
            assert comment == described[name], name
    tables = target.query("select schemaname || '.' || relname, obj_description(relid) from pg_stat_user_tables")
    assert {name for name, _ in tables} == {*MARTS, "audit.publications"}
    for name, comment in tables:
        assert comment and comment == described.get(name, comment), name


def test_a_night_ends_with_publishing(live: Project, target: Target) -> None:
    output = live.make("nightly", "EXTRACTS=seeds", **target.env())
    assert_no_password(live, output)
    assert target.content() == all_rows(live)
    runs = live.query("select command, outcome from audit.runs order by begun_at desc limit 3")
    assert runs == [("publish", "published"), ("dbt build", "green"), ("land", "landed")]
    assert live.query("select rows_of_marts from audit.runs where command = 'publish'") == live.query(
        "select rows_of_marts from audit.last_green_build"
    )
    # What publishing lacks is said before a night's work, not after it.
    before = live.query("from audit.run_events")
    assert f"Not set, or set to nothing: {PORT}" in live.make(
        "nightly", "EXTRACTS=seeds", ok=False, **target.env() | {PORT: ""}
    )
    assert live.query("from audit.run_events") == before
    # All of it ends as publishing does.
    assert "Connection refused" in live.make("nightly", "RAW=landed", ok=False, **target.env() | {PORT: "1"})


def test_files_and_manifest(live: Project, target: Target) -> None:
    publish(live, target)
    manifest = json.loads((live.path / "exports/manifest.json").read_text())
    assert manifest["as_of"] == str(live.query("select as_of from intermediate.int_as_of")[0][0])
    without_personal_data = [mart for mart in MARTS if mart != "branch.accounts_to_contact"]
    assert set(without_personal_data) <= {entry["mart"] for entry in manifest["marts"]}
    assert "branch.accounts_to_contact" not in {entry["mart"] for entry in manifest["marts"]}
    for entry in manifest["marts"]:
        file = f"{live.path}/exports/{entry['file']}"
        assert Counter(duckdb.sql(f"from '{file}'").fetchall()) == rows(live, entry["mart"])
        assert entry["rows"] == rows(live, entry["mart"]).total()
        described = duckdb.sql(f"describe from '{file}'").fetchall()
        assert [(column["name"], column["type"]) for column in entry["columns"]] == [
            (name, kind.lower()) for name, kind, *_ in described
        ]
    assert {Path(name).stem for name in files(live) if name.endswith(".parquet")} == {
        entry["mart"].split(".")[1] for entry in manifest["marts"]
    }


def test_seeds_never_replace_landed_data(landed: Project, target: Target, tmp_path: Path) -> None:
    live, source = Project.like(landed, tmp_path / "project"), f"files in {landed.path / 'extracts'}"
    assert f"source    {source}" in publish(live, target)
    published = target.query("select build_id, source, as_of from audit.publications")
    assert published == live.query("select run_id, source, as_of from audit.last_green_build")
    readable = target.query(
        "select has_table_privilege('finance_reader', 'audit.publications', 'select')"
        " and has_schema_privilege('branch_reader', 'audit', 'usage')"
    )
    assert readable == [(True,)]
    before = target.content(), files(live)
    elsewhere = {"LATE_PAYMENTS_EXPORTS": str(tmp_path / "elsewhere")}
    live.dbt("build", **elsewhere)
    output = publish(live, target, ok=False, **elsewhere)
    assert f"PostgreSQL holds landed data ({source}), and the last build was made from the seeds" in output
    assert (target.content(), files(live)) == before
    assert live.query("select command, outcome from audit.runs order by begun_at desc limit 1") == [
        ("publish", "it is still running, or was refused or stopped")
    ]
    live.dbt("build", "--vars", "raw: landed")
    publish(live, target)
    assert target.query("select count(*) from audit.publications") == [(2,)]


def test_files_go_where_the_environment_says(live: Project, target: Target, tmp_path: Path) -> None:
    before = files(live)
    (tmp_path / "it's elsewhere").mkdir()
    publish(live, target, LATE_PAYMENTS_EXPORTS=str(tmp_path / "it's elsewhere"))
    assert files(live) == before
    assert (tmp_path / "it's elsewhere/manifest.json").exists()


def test_readers_never_notice(live: Project, target: Target) -> None:
    set_version(live, 0)
    publish(live, target)
    with target.connect() as owner:
        owner.execute("create view features.old_accounts as select * from features.invoice_features where acct_age > 0")
        owner.execute("create index by_account on features.invoice_features (acct_id)")
        owner.execute("grant usage on schema features to caller")
        owner.execute("grant select on features.invoice_features, features.old_accounts to caller")
        owner.execute("grant finance_reader to bi_tool")
    grants = "select relname, relacl::text from pg_class where relnamespace = 'features'::regnamespace order by relname"
    before = target.query(grants)
    counts = live.query(
        "select (select count(*) from features.invoice_features) + (select count(*) from features.training_set)"
    )[0]

    stop = threading.Event()
    seen: list[set[int]] = [set() for _ in range(4)]
    errors: list[object] = []

    def read(versions: set[int]) -> None:
        try:
            with target.connect("bi_tool") as connection:
                while not stop.is_set():
                    # Two tables in one query, and in two of one transaction.
                    found = connection.execute(
                        "select array_agg(distinct acct_age), count(*) from"
                        " (select acct_age from features.invoice_features"
                        " union all select acct_age from features.training_set) as both_marts"
                    ).fetchone()
                    if len(found[0]) != 1 or found[1:] != counts:
                        errors.append(found)
                    with connection.transaction():
                        connection.execute("set transaction isolation level repeatable read")
                        one = connection.execute("select min(acct_age) from features.invoice_features").fetchone()
                        other = connection.execute("select max(acct_age) from features.training_set").fetchone()
                    if one != other:
                        errors.append((one, other))
                    versions.update(found[0])
                    # Without a rest they would keep the publisher from its work.
                    time.sleep(0.05)
        except Exception as error:
            errors.append(error)

    readers = [threading.Thread(target=read, args=(versions,)) for versions in seen]
    for reader in readers:
        reader.start()
    try:
        for version in range(1, 21):
            set_version(live, version)
            publish(live, target)
    finally:
        stop.set()
        for reader in readers:
            reader.join()
    assert not errors
    assert seen == [set(range(21))] * 4
    assert target.content() == all_rows(live)
    assert target.query(grants) == before
    assert target.query("select count(*) from features.old_accounts", "caller") == live.query(
        "select count(*) from features.invoice_features"
    )
    assert target.query("select 1 from pg_indexes where indexname = 'by_account'")


def test_each_role_sees_its_own(live: Project, target: Target) -> None:
    publish(live, target)
    readable = target.query(
        "select rolname, table_schema || '.' || table_name,"
        " has_table_privilege(rolname, format('%I.%I', table_schema, table_name), 'select')"
        " and has_schema_privilege(rolname, table_schema, 'usage') from information_schema.tables"
        " cross join (values ('finance_reader'), ('branch_reader'), ('caller')) as roles (rolname)"
        " where table_schema in ('features', 'finance', 'branch')"
    )
    assert {mart for role, mart, may in readable if role == "branch_reader" and may} == {"branch.accounts_to_contact"}
    assert {mart for role, mart, may in readable if role == "finance_reader" and may} == {
        mart for _, mart, _ in readable if not mart.startswith("branch.")
    }
    assert not {mart for role, mart, may in readable if role == "caller" and may}
    assert target.query("select rolcanlogin from pg_roles where rolname in ('finance_reader', 'branch_reader')") == [
        (False,),
        (False,),
    ]
    writable = target.query(
        "select 1 from information_schema.table_privileges where grantee in ('finance_reader', 'branch_reader')"
        " and privilege_type <> 'SELECT'"
    )
    assert not writable


def test_personal_data_is_only_where_it_may_be(live: Project, target: Target) -> None:
    publish(live, target)
    accounts = live.query("select contact_person, contact_phone, company_address from seeds.accounts")
    people, phones, addresses = (set(filter(None, values)) for values in zip(*accounts, strict=True))
    allowed = {"contact_person", "contact_phone"}

    def check(relation: str, columns: list[str], content: list[tuple]) -> None:
        assert not {"gender", "company_address"} & set(columns), relation
        for column, values in zip(columns, zip(*content, strict=True), strict=False):
            texts = {value for value in values if isinstance(value, str)}
            assert not texts & addresses, f"{relation}.{column}"
            assert not texts or not texts <= {"F", "M"}, f"{relation}.{column}"
            if column not in allowed:
                assert not texts & (people | phones), f"{relation}.{column}"

    places = set()
    for schema, table in live.query(
        "select table_schema, table_name from information_schema.tables where table_schema not in ('raw', 'seeds')"
    ):
        with duckdb.connect(live.database, read_only=True) as connection:
            cursor = connection.execute(f'select * from "{schema}"."{table}"')
            columns = [column for column, *_ in cursor.description]
            check(f"{schema}.{table}", columns, cursor.fetchall())
        if allowed & set(columns):
            places.add(f"{schema}.{table}")
    assert places == {"branch.accounts_to_contact", "staging.stg_trs__account_contacts"}

    places = set()
    with target.connect() as connection:
        for schema, table in connection.execute(
            "select schemaname, relname from pg_stat_user_tables union all select schemaname, viewname from pg_views"
            " where schemaname not in ('pg_catalog', 'information_schema')"
        ).fetchall():
            cursor = connection.execute(f'select * from "{schema}"."{table}"')
            columns = [column.name for column in cursor.description]
            check(f"published {schema}.{table}", columns, cursor.fetchall())
            if allowed & set(columns):
                places.add(f"{schema}.{table}")
    assert places == {"branch.accounts_to_contact"}

    for file in (live.path / "exports").glob("*.parquet"):
        relation = duckdb.sql(f"from '{file}'")
        assert not allowed & set(relation.columns), file
        check(file.name, relation.columns, relation.fetchall())


def test_killed_during_publish(live: Project, target: Target) -> None:
    publish(live, target)
    before = target.content()
    set_version(live, 7)
    waiting = "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
    # Somebody holds the last mart: the others have been replaced by then, but not committed.
    with target.connect() as other, other.transaction():
        other.execute("lock table features.training_set in share row exclusive mode")
        process = live.start(sys.executable, "-m", "late_payments.publish", **target.env())
        try:
            wait_for(lambda: target.query(waiting))
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    assert target.content() == before
    publish(live, target)
    assert target.content() == all_rows(live) != before


def test_a_column_more_is_added(live: Project, target: Target) -> None:
    publish(live, target)
    target.query("alter table features.scoring_set drop column value_open")
    target.query("create view features.open as select inv_id from features.scoring_set")
    publish(live, target)
    names = "value_open, inv_id"
    assert Counter(target.query(f"select {names} from features.scoring_set")) == Counter(
        live.query(f"select {names} from features.scoring_set")
    )
    assert target.query("select count(*) from features.open") == live.query("select count(*) from features.scoring_set")
    assert target.query(
        "select col_description('features.scoring_set'::regclass, attnum) from pg_attribute"
        " where attrelid = 'features.scoring_set'::regclass and attname = 'value_open'"
    ) == live.query(
        "select comment from duckdb_columns() where table_name = 'scoring_set' and column_name = 'value_open'"
    )


def test_other_changes_of_columns_are_refused(live: Project, target: Target) -> None:
    publish(live, target)
    target.query("alter table features.scoring_set rename column value_open to open_value")
    target.query("alter table features.training_set alter column share_late type numeric")
    before = target.query("select * from features.scoring_set"), files(live)
    set_version(live, 7)
    output = publish(live, target, ok=False)
    assert "features.scoring_set.open_value is in PostgreSQL and no longer in the mart" in output
    assert "features.training_set.share_late is numeric in PostgreSQL and would become double precision" in output
    assert "nothing was published" in output
    assert (target.query("select * from features.scoring_set"), files(live)) == before


PORT = "DBT_ENV_SECRET_POSTGRES_PORT"

REFUSALS = {
    "server down": ({"port": 1}, "Connection refused"),
    "wrong password": ({"password": "s3cret but wrong"}, "password authentication failed for user"),
    "no such database": ({"database": "nowhere"}, "does not exist"),
    "no such host": ({"host": "nowhere.invalid"}, "failed to resolve host"),
    "a variable missing": ({"port": ""}, "Not set, or set to nothing: DBT_ENV_SECRET_POSTGRES_PORT\n"),
    "all missing": (
        {"host": "", "port": "", "database": "", "user": "", "password": ""},
        "DBT_ENV_SECRET_POSTGRES_HOST, DBT_ENV_SECRET_POSTGRES_PORT, DBT_ENV_SECRET_POSTGRES_DATABASE,"
        " DBT_ENV_SECRET_POSTGRES_USER, DBT_ENV_SECRET_POSTGRES_PASSWORD\n",
    ),
}


@pytest.fixture(scope="module")
def unchanged(built: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A copy to be refused, again and again."""
    return Project.like(built, tmp_path_factory.mktemp("unchanged") / "project")


@pytest.mark.parametrize("refusal", REFUSALS)
def test_no_connection(unchanged: Project, target: Target, refusal: str) -> None:
    before = files(unchanged)
    changes, message = REFUSALS[refusal]
    status, output = unchanged.end(*MAKE, "publish", **Target(**{**vars(target), **changes}).env())
    assert status == 2
    assert message in output
    assert "Nothing was published. What the messages mean and what to do: docs/runbook.md" in output
    assert_no_password(unchanged, output)
    assert files(unchanged) == before


def test_prod_has_variables_of_its_own(unchanged: Project, target: Target) -> None:
    output = unchanged.make("publish", ok=False, DBT_TARGET="prod", **target.env())
    assert "Not set, or set to nothing: DBT_ENV_SECRET_PROD_POSTGRES_HOST, DBT_ENV_SECRET_PROD_POSTGRES_PORT," in output


def test_a_role_that_is_missing_and_may_not_be_created(unchanged: Project, target: Target) -> None:
    target.query("alter role publisher nocreaterole", user="postgres")
    try:
        output = publish(unchanged, target, "--vars", "{readers: {auditor: [features]}}", ok=False)
    finally:
        target.query("alter role publisher createrole", user="postgres")
    assert "Let an administrator run there: create role auditor nologin" in output
    assert not target.query("select 1 from pg_namespace where nspname = 'features'")


def test_disk_full_on_the_server(live: Project, target: Target) -> None:
    # Not below pytest's own directory, which the server may not enter.
    disk = Path(tempfile.mkdtemp())
    with small_disk(disk, 60_000_000):
        subprocess.run(["chown", "postgres", str(disk)], check=True)
        target.query(f"create tablespace small location '{disk}'", user="postgres")
        small = Target(target.host, target.port, f"{target.database}_small")
        target.query(f"create database {small.database} owner publisher tablespace small", user="postgres")
        try:
            publish(live, small)
            before = small.content(), files(live)
            set_version(live, 7)
            small.query("checkpoint", user="postgres")
            filler = disk / "filler"
            with open(filler, "wb", buffering=0) as file, pytest.raises(OSError):
                while True:
                    file.write(bytes(8192))
            output = publish(live, small, ok=False)
            assert "No space left on device" in output
            assert (small.content(), files(live)) == before
            filler.unlink()
            publish(live, small)
            assert small.content() == all_rows(live)
        finally:
            target.query(f"drop database {small.database} with (force)", user="postgres")
            target.query("drop tablespace small", user="postgres")


MART = "training_set"


def make_red(project: Project, how: str) -> None:
    if how == "a partial run":
        project.dbt("run", "--select", MART)
    elif how == "a partial build":
        project.dbt("build", "--select", MART)
    elif how == "a failed test":
        name = "assert_last_cum_tot_inv_acct_counts_all_invoices"
        project.replace(f"tests/marts/{name}.sql", "having max(cum_tot_inv_acct) <> count(*)", "having true")
        project.dbt("test", "--select", name, ok=False)
    elif how == "a build that failed before the marts":
        with open(project.path / "seeds/invoice_line_items.csv", "a") as file:
            file.write("1,0-000-00000-0,two\n")
        project.dbt("build", "--exclude-resource-type", "unit_test", ok=False)
    elif how == "a build that was killed after a mart":
        with running(project, BIN / "dbt", "build", "--exclude-resource-type", "unit_test") as process:
            wait_for_line(process, "OK created sql table model features.training_set")


RED = {
    "a partial run": "dbt run, started ",
    "a partial build": "not built and tested in it: accounts_to_contact",
    "a failed test": "1 failed in dbt test",
    "a build that failed before the marts": "1 failed in dbt build",
    "a build that was killed after a mart": "it is still running, or was stopped",
}


@pytest.mark.parametrize("how", RED)
def test_what_is_not_green_is_refused(live: Project, target: Target, how: str) -> None:
    make_red(live, how)
    before = files(live)
    output = publish(live, target, ok=False)
    assert "did not end green" in output and RED[how] in output
    assert "Nothing was published" in output
    assert files(live) == before
    assert not target.query("select 1 from pg_namespace where nspname = 'features'")


def test_a_green_build_makes_up_for_it(live: Project, target: Target) -> None:
    make_red(live, "a partial run")
    publish(live, target, ok=False)
    live.dbt("build", "--exclude-resource-type", "unit_test")
    publish(live, target)


def test_a_good_test_or_a_build_of_staging_changes_nothing(live: Project, target: Target) -> None:
    live.dbt("test", "--select", "assert_last_cum_tot_inv_acct_counts_all_invoices")
    live.dbt("build", "--select", "staging", "--exclude-resource-type", "unit_test")
    publish(live, target)


def test_a_replay_is_not_published_and_changes_nothing(live: Project, target: Target, tmp_path: Path) -> None:
    replay = ("--vars", "{as_of: 2021-04-12}")
    live.dbt("run", *replay)
    publish(live, target)
    assert "so as_of must not be set" in publish(live, target, *replay, ok=False)

    project = Project(tmp_path / "fresh")
    assert "holds no marts yet" in publish(project, target, ok=False)
    project.dbt("seed")
    project.dbt("run", *replay)
    assert "holds replays only (branch_asof_20210412)" in publish(project, target, ok=False)


def test_a_mart_that_no_build_knows_is_refused(live: Project, target: Target) -> None:
    folder = live.path / "models/marts/features"
    (folder / "twin.sql").write_text((folder / "scoring_set.sql").read_text())
    models = yaml.safe_load((folder / "_features__models.yml").read_text())["models"]
    (scoring_set,) = (model for model in models if model["name"] == "scoring_set")
    (folder / "_twin.yml").write_text(yaml.safe_dump({"models": [{**scoring_set, "name": "twin"}]}))
    assert "did not know twin" in publish(live, target, ok=False)
