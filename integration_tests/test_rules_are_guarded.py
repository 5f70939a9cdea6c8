"""Each rule, deliberately broken, must turn a unit test red: a test that cannot fail proves nothing."""

from pathlib import Path

import pytest
from conftest import Project

MART = "models/marts/features/invoice_features.sql"
COUNTS = "models/intermediate/int_account_invoice_counts.sql"
KNOWN = "models/intermediate/int_invoices_as_of.sql"
TOTALS = "models/intermediate/int_invoice_totals.sql"
LINES = "models/intermediate/int_sku_line_items.sql"
VERSIONS = "models/intermediate/int_sku_versions.sql"
PRICES = "models/intermediate/int_sku_prices.sql"
EVENTS = "models/intermediate/int_receivable_events.sql"
RECEIVABLES = "models/intermediate/int_account_receivables.sql"
SHARE = "models/intermediate/int_late_share.sql"
HISTORY = "models/marts/features/invoice_payment_history.sql"
TRAINING = "models/marts/features/training_set.sql"

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
    (
        LINES,
        "line_items.quantity *",
        "cast(line_items.quantity as double) *",
        "a_line_has_the_price_of_its_day_to_the_cent",
    ),
    (LINES, "date_issued >= sku_prices", "date_issued > sku_prices", "a_line_has_the_price_of_its_day_to_the_cent"),
    (LINES, "date_issued < sku_prices", "date_issued <= sku_prices", "a_line_has_the_price_of_its_day_to_the_cent"),
    (VERSIONS, "first_built_at <", "first_built_at <=", "a_price_holds_from_the_day_its_list_was_first_seen"),
    (VERSIONS, "dbt_is_deleted = 'False'", "true", "a_price_holds_from_the_day_its_list_was_first_seen"),
    (VERSIONS, "as_of', 1)", "as_of', 0)", "a_price_holds_from_the_day_its_list_was_first_seen"),
    (PRICES, "following and unbounded following", "following and 1 following", "periods_of_prices_neither_overlap"),
    (PRICES, "where valid_from < valid_to", "where true", "periods_of_prices_neither_overlap"),
    (PRICES, "version_number = 1", "version_number = 0", "periods_of_prices_neither_overlap"),
    (EVENTS, "after('date_issued', 1)", "after('date_issued', 0)", "what_happens_on_a_day_is_known_from_the_next"),
    (EVENTS, "after('date_paid', 1)", "after('date_paid', 0)", "what_happens_on_a_day_is_known_from_the_next"),
    (EVENTS, "terms + 1", "terms", "what_happens_on_a_day_is_known_from_the_next"),
    (EVENTS, "or days_to_pay >", "or days_to_pay >=", "what_happens_on_a_day_is_known_from_the_next"),
    (EVENTS, "where date_paid is null or", "where", "what_happens_on_a_day_is_known_from_the_next"),
    (RECEIVABLES, "max(days_to_pay)", "min(days_to_pay)", "receivables_are_what_was_known"),
    (RECEIVABLES, "and current row", "and 1 preceding", "receivables_are_what_was_known"),
    (RECEIVABLES, "partition by account_id", "partition by 1", "receivables_are_what_was_known"),
    (SHARE, "sum(inv_paid_late + inv_overdue)", "sum(inv_paid_late)", "share_late_counts_paid_late_and_overdue"),
    (SHARE, "sum(inv_paid + inv_overdue)", "sum(inv_paid)", "share_late_counts_paid_late_and_overdue"),
    (HISTORY, "weight_of_all = 2", "weight_of_all = 3", "payment_history_is_what_was_known_before"),
    (HISTORY, "last_date_paid', 1)", "last_date_paid', 0)", "payment_history_is_what_was_known_before"),
    (HISTORY, "_late + receivables.num_inv_overdue", "_late", "payment_history_is_what_was_known_before"),
    (TRAINING, "is_late is not null", "true", "known_outcomes_are_trained_on"),
]


@pytest.mark.parametrize(("file", "rule", "broken", "unit_test"), BROKEN_RULES, ids=lambda value: value[-30:])
def test_a_broken_rule_is_caught(rebuildable: Project, file: str, rule: str, broken: str, unit_test: str) -> None:
    rebuildable.replace(file, rule, broken)
    model = Path(file).stem
    output = rebuildable.dbt("test", "--select", f"{model},test_type:unit", ok=False)
    assert f"Failure in unit_test {unit_test}" in output
