"""Each rule, deliberately broken, must turn a unit test red: a test that cannot fail proves nothing."""

from pathlib import Path

import pytest
from conftest import Project

MART = "models/marts/features/invoice_features.sql"
COUNTS = "models/intermediate/int_account_invoice_counts.sql"
KNOWN = "models/intermediate/int_invoices_as_of.sql"
TOTALS = "models/intermediate/int_invoice_totals.sql"
LINES = "models/intermediate/int_sku_line_items.sql"

TERMS = "{{ whole_number_var('payment_terms_days') }}"

BROKEN_RULES = [
    (MART, f"> {TERMS}", f">= {TERMS}", "is_late_from_day_31"),
    (MART, TERMS, "31", "is_late_from_day_31"),
    (MART, "'coalesce(date_paid, as_of)'", "'date_paid'", "is_late_from_day_31"),
    (MART, "when account_invoices.date_paid is not null then 0", "else 0", "is_late_from_day_31"),
    (MART, "'joining_date', 'date_issued'", "'joining_date', 'as_of'", "acct_age_is_days_from_joining_to_issue"),
    (COUNTS, "120 preceding", "119 preceding", "num_inv_120d_counts_from_120_days_to_1_day_before"),
    (COUNTS, "120 preceding", "121 preceding", "num_inv_120d_counts_from_120_days_to_1_day_before"),
    (COUNTS, "1 preceding", "2 preceding", "num_inv_120d_counts_from_120_days_to_1_day_before"),
    (COUNTS, "and 1 preceding", "and current row", "invoices_of_one_day_count_in_the_total"),
    (COUNTS, "and current row", "and 1 preceding", "invoices_of_one_day_count_in_the_total"),
    (COUNTS, "range between unbounded", "rows between unbounded", "invoices_of_one_day_count_in_the_total"),
    (KNOWN, "date_paid <= chosen_day", "date_paid < chosen_day", "what_happened_after_as_of_is_unknown"),
    (KNOWN, "date_issued <= chosen_day", "date_issued < chosen_day", "what_happened_after_as_of_is_unknown"),
    (TOTALS, "sum(quantity)", "count(*)", "an_invoice_total_is_exact_and_counts_units_not_lines"),
    (TOTALS, "sum(line_total)", "sum(cast(line_total as double))", "an_invoice_total_is_exact"),
    (LINES, "line_items.quantity *", "cast(line_items.quantity as double) *", "a_line_is_priced_to_the_cent"),
]


@pytest.mark.parametrize(("file", "rule", "broken", "unit_test"), BROKEN_RULES, ids=lambda value: value[-30:])
def test_a_broken_rule_is_caught(rebuildable: Project, file: str, rule: str, broken: str, unit_test: str) -> None:
    rebuildable.replace(file, rule, broken)
    model = Path(file).stem
    output = rebuildable.dbt("test", "--select", f"{model},test_type:unit", ok=False)
    assert f"Failure in unit_test {unit_test}" in output
