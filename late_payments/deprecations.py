"""Parse the project with all of dbt's deprecation checks, and fail on any.

    python -m late_payments.deprecations

dbt compares YAML files and configs with its schemas only for the adapters of a fixed list, and duckdb is not on it:
a clean `dbt parse` proves little. Here duckdb is added to the list first. The list is private to dbt; should a
release rename it, this fails rather than checking less.
"""

import sys

from dbt.cli.main import dbtRunner
from dbt.jsonschemas import jsonschemas


def main() -> int:
    """The exit status: 0 if dbt finds nothing deprecated, else 1, after dbt has named each find."""
    jsonschemas._JSONSCHEMA_SUPPORTED_ADAPTERS.add("duckdb")
    result = dbtRunner().invoke(
        [
            "--quiet",
            "--no-partial-parse",
            "--show-all-deprecations",
            "--warn-error-options",
            "{error: [Deprecations]}",
            "parse",
        ]
    )
    return 0 if result.success else 1


if __name__ == "__main__":
    sys.exit(main())
