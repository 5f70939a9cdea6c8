"""What a command line says about landing; without dbt, which takes seconds to import."""

import argparse
from pathlib import Path
from typing import Any, NoReturn


class Parser(argparse.ArgumentParser):
    """Says the same, whatever is wrong with the arguments, which say where from to land.

    is_needed: whether they must.
    """

    def __init__(self, is_needed: bool, **options: Any) -> None:
        super().__init__(allow_abbrev=False, **options)
        origin = self.add_mutually_exclusive_group(required=is_needed)
        origin.add_argument("--extracts", metavar="DIRECTORY", help="path of the extracts, or s3://bucket/path")
        origin.add_argument("--source", choices=["mysql"])
        self.add_argument("--target", help="of profiles.yml; else DBT_TARGET, else dev")
        self.add_argument("--vars", help="as of dbt")

    def error(self, message: str) -> NoReturn:
        self.exit(
            2,
            "land needs to know where from, one of the two: --extracts DIRECTORY or --source mysql"
            f" (make land EXTRACTS=directory, make land SOURCE=mysql): {message}\n",
        )

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        arguments, others = super().parse_known_args(args, namespace)
        if arguments.extracts == "":
            self.error("EXTRACTS is set to nothing")
        return arguments, others


def options_of_dbt(arguments: argparse.Namespace) -> list[str]:
    """What a Parser's arguments say about how dbt reads the project."""
    given = {"--target": arguments.target, "--vars": arguments.vars}
    return [part for option, value in given.items() if value is not None for part in (option, value)]


def anchored(extracts: str | None) -> Path | str | None:
    """The directory of --extracts, wherever the process goes; the address of a bucket and None as they are."""
    return extracts if not extracts or extracts.startswith("s3://") else Path(extracts).absolute()
