"""Fail on any model that breaks a rule of the layers.

    python -m late_payments.layers

The rules are selectors.yml, in dbt's own selection: each selector finds what must not be there. dbt parses what has
changed first, so that no stale manifest is judged.
"""

import contextlib
import io
import sys
from pathlib import Path

from dbt.cli.main import dbtRunner
from dbt.clients.yaml_helper import load_yaml_text
from dbt.contracts.graph.manifest import Manifest


def main() -> int:
    """The exit status: 0 if no selector finds a model, else 1, after each broken rule and the files that break it."""
    parsed = dbtRunner().invoke(["--quiet", "parse"])
    if not isinstance(parsed.result, Manifest):
        return 1
    dbt = dbtRunner(manifest=parsed.result)
    rules = load_yaml_text(Path("selectors.yml").read_text()) or {}
    broken = False
    for rule in rules["selectors"]:
        # dbt prints what it finds, without the rule that it breaks.
        with contextlib.redirect_stdout(io.StringIO()):
            found = dbt.invoke(
                ["--quiet", "ls", "--resource-type", "model", "--output", "path", "--selector", rule["name"]]
            )
        if not isinstance(found.result, list):
            sys.exit(f"selectors.yml, {rule['name']}: {found.exception}")
        if found.result:
            broken = True
            print(f"{rule['description']} Broken ({rule['name']} in selectors.yml) by:", *found.result, sep="\n    ")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
