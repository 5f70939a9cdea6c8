"""Run a dbt command and show how far it is.

    python -m late_payments build --vars "{raw: landed}"

What it takes, says and ends with is dbt's; see late_payments/progress.py.
"""

import sys

from late_payments.progress import Dbt

sys.exit(Dbt().run(*sys.argv[1:]))
