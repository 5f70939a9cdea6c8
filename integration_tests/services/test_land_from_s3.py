"""Landing from an object store, moto's S3."""

from collections.abc import Iterator
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from conftest import Project
from moto.server import ThreadedMotoServer

SECRETS = {"DBT_ENV_SECRET_S3_KEY_ID": "the key", "DBT_ENV_SECRET_S3_SECRET": "it's s3cret"}


@pytest.fixture
def store() -> Iterator[str]:
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    yield "http://{}:{}".format(*server.get_host_and_port())
    server.stop()


@pytest.fixture
def live(landed: Project, tmp_path: Path) -> Project:
    """A copy of the project as a good build of landed extracts left it."""
    return Project.like(landed, tmp_path / "project")


def put(url: str, content: bytes = b"") -> None:
    urlopen(Request(url, content, {"Content-Type": "text/csv"}, method="PUT")).close()


def test_extracts_in_a_bucket(live: Project, store: str) -> None:
    env = {**SECRETS, "AWS_ENDPOINT_URL": store}
    put(f"{store}/trs")
    for table in ("accounts", "skus", "invoices"):
        put(f"{store}/trs/daily/{table}.csv", (live.path / f"extracts/{table}.csv").read_bytes())
    header, *lines = (live.path / "extracts/invoice_line_items.csv").read_bytes().splitlines(keepends=True)
    for part in (0, 1):
        put(f"{store}/trs/daily/invoice_line_items/{part}.csv", header + b"".join(lines[part::2]))
    before = live.state()
    assert "landed 53,481 rows" in live.make("land", "EXTRACTS=s3://trs/daily/", **env)
    assert live.state() == before

    put(f"{store}/trs/daily/invoice_line_items/2.csv", header + b"1,cut off\n")
    output = live.make("land", "EXTRACTS=s3://trs/daily", ok=False, **env)
    assert "s3://trs/daily/invoice_line_items/2.csv, line 2: 2 values, and the header names 3 columns" in output
    assert "holds no extract of accounts" in live.make("land", "EXTRACTS=s3://trs/weekly", ok=False, **env)
    output = live.make("land", "EXTRACTS=s3://nowhere/daily", ok=False, **env)
    assert "s3://nowhere/daily cannot be listed" in output and "s3cret" not in output
    assert live.state() == before


def test_missing_credentials_are_named(live: Project) -> None:
    output = live.make("land", "EXTRACTS=s3://trs/daily", ok=False)
    assert "Not set, or set to nothing: DBT_ENV_SECRET_S3_KEY_ID, DBT_ENV_SECRET_S3_SECRET" in output
