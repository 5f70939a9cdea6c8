"""Run a dbt command and show how far it is; if asked, land before it and publish after it, in this one process.

    python -m late_payments build --vars "{raw: landed}"
    python -m late_payments --vars "{raw: landed}" --extracts DIRECTORY --publish build

What the command takes, says and ends with is dbt's (late_payments/progress.py). Before it stand --target and --vars,
which then hold for landing and publishing too; where to land from, as of `python -m late_payments.landing`; and
--publish. A step is taken only if the one before went well, and the status of the last one taken is the process's.
"""

import argparse
import gc
import sys

from late_payments.landing.arguments import Parser, anchored, options_of_dbt
from late_payments.progress import Dbt


def main() -> int:
    """The exit status."""
    # What dbt leaves behind in cycles is little, and looking for it took a tenth of the processor's time.
    gc.disable()
    parser = Parser(False, prog="python -m late_payments", add_help=False)
    parser.add_argument("--publish", action="store_true")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    arguments, options = parser.parse_known_args()
    dbt = Dbt(*options_of_dbt(arguments))
    status = 0
    # What a command needs is imported for it alone: that takes a second or two, and a package that others do without.
    if arguments.publish:
        from late_payments.publish.__main__ import check, publish

        # Now rather than after a night's work.
        status = check(dbt)
    if not status and (arguments.extracts or arguments.source):
        from late_payments.landing.__main__ import land_from

        status = land_from(anchored(arguments.extracts), dbt)
    if not status:
        status = dbt.run(*options, *arguments.command)
    if not status and arguments.publish:
        status = publish(dbt)
    return status


sys.exit(main())
