"""Each rule, deliberately broken, must turn a unit test red: a test that cannot fail proves nothing."""

import pytest
from conftest import Project
from dbt.artifacts.schemas.results import TestStatus
from dbt.artifacts.schemas.run import RunExecutionResult
from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest

MART = "invoice_features"
COUNTS = "int_account_invoice_counts"
KNOWN = "int_invoices_as_of"
TOTALS = "int_invoice_totals"
LINES = "int_sku_line_items"
VERSIONS = "int_sku_versions"
PRICES = "int_sku_prices"
EVENTS = "int_receivable_events"
RECEIVABLES = "int_account_receivables"
SHARE = "int_late_share"
HISTORY = "invoice_payment_history"
TRAINING = "training_set"
CALENDAR = "int_calendar_limits"
MONTHS = "int_months"
MOVEMENTS = "int_receivable_movements"
MONTHLY_MOVEMENTS = "int_monthly_movements"
BALANCES = "int_monthly_balances"
INVOICES = "fct_invoices"
INVOICE_LINES = "fct_invoice_line_items"
DIM_ACCOUNTS = "dim_accounts"
DIM_SKUS = "dim_skus"
DIM_DATE = "dim_date"
AGEING = "receivables_ageing"
MONTHLY = "monthly_receivables"
CONTACTS = "stg_trs__account_contacts"
OUTCOMES = "int_invoice_outcomes"
OPEN = "int_account_open_invoices"
RECORD = "int_account_payment_record"
DAYS_TO_PAY = "int_account_days_to_pay"
REASONS = "int_account_call_reasons"
LIST = "accounts_to_contact"

# Macros.
SMOOTHED = "smoothed_share"
MACROS = [SMOOTHED]

TERMS_VAR = "whole_number_var('payment_terms_days')"
TERMS = f"{{{{ {TERMS_VAR} }}}}"

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
    (SMOOTHED, "weight_of_all = 2", "weight_of_all = 3", "payment_history_is_what_was_known_before"),
    (HISTORY, "last_date_paid', 1)", "last_date_paid', 0)", "payment_history_is_what_was_known_before"),
    (HISTORY, "_late + receivables.num_inv_overdue", "_late", "payment_history_is_what_was_known_before"),
    (TRAINING, "is_late is not null", "true", "known_outcomes_are_trained_on"),
    (LINES, "quantity * sku_prices.item_cost", "quantity * sku_prices.item_retail", "a_line_has_the_price_of_its_day"),
    (TOTALS, "sum(line_cost)", "sum(line_total)", "an_invoice_total_is_exact"),
    (
        PRICES,
        "item_cost_price,\n        item_retail_price,\n        first_day,\n        row_number",
        "item_retail_price as item_cost_price,\n        item_retail_price,\n        first_day,\n        row_number",
        "periods_of_prices",
    ),
    (CALENDAR, "last_day('last_day', 'year')", "last_day('last_day', 'month')", "the_calendar_holds_every_due_date"),
    (CALENDAR, TERMS_VAR, "0", "the_calendar_holds_every_due_date"),
    (CALENDAR, TERMS_VAR, TERMS_VAR + " + 1", "the_calendar_is_of_whole_years"),
    (CALENDAR, "min(date_issued)", "max(date_issued)", "the_calendar_is_of_whole_years"),
    (MONTHS, "date_day <= days", "date_day < days", "months_go_from_the_first_issue_to_the_day_as_of"),
    (MONTHS, "having max", "having min", "months_go_from_the_first_issue_to_the_day_as_of"),
    (MOVEMENTS, "after('date_due', 1)", "after('date_due', 0)", "what_happens_on_a_day_moves_the_receivables"),
    (MOVEMENTS, "date_due < as_of", "date_due <= as_of", "what_happens_on_a_day_moves_the_receivables"),
    (MOVEMENTS, "then -amount", "then amount", "what_happens_on_a_day_moves_the_receivables"),
    (MOVEMENTS, "where days_late > 0", "where days_late > 1", "what_happens_on_a_day_moves_the_receivables"),
    (MOVEMENTS, "where date_paid is not null", "", "what_happens_on_a_day_moves_the_receivables"),
    (MONTHLY_MOVEMENTS, "left join", "inner join", "a_month_sums_its_days_and_may_be_empty"),
    (MONTHLY_MOVEMENTS, "between months.month_start and", "<=", "a_month_sums_its_days_and_may_be_empty"),
    (BALANCES, "and 1 preceding", "and current row", "a_month_opens_with_what_the_one_before_closed_with"),
    (BALANCES, "and current row", "and 1 preceding", "a_month_opens_with_what_the_one_before_closed_with"),
    (BALANCES, "+ 1 as integer", "as integer", "a_month_opens_with_what_the_one_before_closed_with"),
    (INVOICES, "after('date_issued', terms)", "after('date_issued', 31)", "status_and_days_change_on_day_31"),
    (INVOICES, "is null and aged_invoices.days_late > 0", "is null", "status_and_days_change_on_day_31"),
    (
        INVOICES,
        "when aged_invoices.days_late > 0",
        "when aged_invoices.days_late > 1",
        "status_and_days_change_on_day_31",
    ),
    (INVOICES, "'coalesce(date_paid, as_of)'", "'as_of'", "status_and_days_change_on_day_31"),
    (INVOICES, "as_of)') }}, 0)", "as_of)') }}, 1)", "status_and_days_change_on_day_31"),
    (INVOICES, "inv_total - invoice", "inv_cost - invoice", "an_invoice_has_its_amount_cost_and_margin"),
    (INVOICES, "inv_cost as cost", "inv_total as cost", "an_invoice_has_its_amount_cost_and_margin"),
    (INVOICE_LINES, "inner join invoices", "left join invoices", "a_line_item_is_one_of_an_invoice_that_is_known"),
    (INVOICE_LINES, "line_total - line_items.line_cost", "line_total", "a_line_item_is_one_of_an_invoice"),
    (DIM_ACCOUNTS, "joining_date <= chosen", "joining_date < chosen", "an_account_is_known_from_its_joining_date"),
    (DIM_SKUS, "as_of >= sku_prices", "as_of > sku_prices", "a_sku_has_the_prices_of_the_day_as_of"),
    (DIM_SKUS, "as_of < sku_prices", "as_of <= sku_prices", "a_sku_has_the_prices_of_the_day_as_of"),
    (DIM_DATE, "limits.last_day') }} + 1", "limits.last_day') }}", "a_day_knows_its_month_quarter_year_and_weekday"),
    (DIM_DATE, "generated_number - 1 as", "generated_number as", "a_day_knows_its_month_quarter_year_and_weekday"),
    (DIM_DATE, "0001-01-01", "0001-01-02", "a_new_year_begins_a_month_a_quarter_and_a_year"),
    (DIM_DATE, "last_day('date_day', 'month')", "last_day('date_day', 'quarter')", "a_day_knows_its_month_quarter"),
    (AGEING, "= 0", "<= 1", "receivables_age_by_days_beyond_the_due_date"),
    (AGEING, "between 1 and 30", "between 1 and 29", "receivables_age_by_days_beyond_the_due_date"),
    (AGEING, "between 31 and 60", "between 31 and 61", "receivables_age_by_days_beyond_the_due_date"),
    (AGEING, "between 61 and 90", "between 60 and 90", "receivables_age_by_days_beyond_the_due_date"),
    (AGEING, "> 90", "> 91", "receivables_age_by_days_beyond_the_due_date"),
    (AGEING, "where date_paid is null", "", "receivables_age_by_days_beyond_the_due_date"),
    (AGEING, "true as is_total\n\n)", "true as is_total where false)", "the_total_is_there_when_nothing_is_unpaid"),
    (MONTHLY, "amount_closing - amount_overdue", "amount_closing", "monthly_ratios_follow_their_formulas"),
    (MONTHLY, "cast(amount_closing as", "cast(amount_opening as", "monthly_ratios_follow_their_formulas"),
    (MONTHLY, "cast(amount_overdue as", "cast(amount_current as", "monthly_ratios_follow_their_formulas"),
    (MONTHLY, "amount_issued - amount_current, 0)", "amount_issued, 0)", "monthly_ratios_follow_their_formulas"),
    (MONTHLY, "nullif(amount_issued, 0)", "coalesce(amount_issued, 0)", "monthly_ratios_follow_their_formulas"),
    (MONTHLY, "nullif(invoices_due, 0)", "nullif(invoices_due, 8)", "monthly_ratios_follow_their_formulas"),
    (SMOOTHED, "weight_of_all = 2", "weight_of_all = 1", "share_late_so_far_and_its_change"),
    (CONTACTS, "and accounts.company_name = delivered.company_name", "", "contacts_are_those_of_the_good_rows"),
    (CONTACTS, "= delivered.joining_date", "is not null", "contacts_are_those_of_the_good_rows"),
    (CONTACTS, "= delivered.account_id", "= trim(delivered.account_id)", "contacts_are_those_of_the_good_rows"),
    (CONTACTS, "nullif(trim(contact_person), '')", "contact_person", "contacts_are_those_of_the_good_rows"),
    (OUTCOMES, "issued', terms)", "issued', terms + 1)", "an_outcome_is_known_when_paid_in_time"),
    (OUTCOMES, "issued', terms + 1)", "issued', terms)", "an_outcome_is_known_when_paid_in_time"),
    (OUTCOMES, "is_late = 1 then", "is_late = 2 then", "an_outcome_is_known_when_paid_in_time"),
    (OPEN, "between 0 and 6", "between 1 and 6", "open_invoices_are_overdue_due_in_7_days_or_neither"),
    (OPEN, "between 0 and 6", "between 0 and 7", "open_invoices_are_overdue_due_in_7_days_or_neither"),
    (OPEN, "between 0 and 6", "between -1 and 6", "open_invoices_are_overdue_due_in_7_days_or_neither"),
    (OPEN, "between 0 and 6", "between 0 and 5", "open_invoices_are_overdue_due_in_7_days_or_neither"),
    (OPEN, "where date_paid is null", "", "open_invoices_are_overdue_due_in_7_days_or_neither"),
    (
        OPEN,
        "min(case when is_overdue",
        "max(case when is_overdue",
        "open_invoices_are_overdue_due_in_7_days_or_neither",
    ),
    (OPEN, "min(case when is_overdue then date_due end)", "min(date_due)", "open_invoices_are_overdue_due_in_7_days"),
    (RECORD, "between 0 and 89", "between 0 and 90", "share_late_so_far_and_its_change"),
    (RECORD, "between 0 and 89", "between 0 and 88", "share_late_so_far_and_its_change"),
    (RECORD, "between 0 and 89", "between 1 and 89", "share_late_so_far_and_its_change"),
    (RECORD, "between 90 and 179", "between 91 and 179", "share_late_so_far_and_its_change"),
    (RECORD, "between 90 and 179", "between 90 and 180", "share_late_so_far_and_its_change"),
    (RECORD, "between 90 and 179", "between 90 and 178", "share_late_so_far_and_its_change"),
    (RECORD, "max(date_issued)", "min(date_issued)", "share_late_so_far_and_its_change"),
    (DAYS_TO_PAY, "payment < 90", "payment <= 90", "usual_days_to_pay_are_the_median_and_its_change"),
    (DAYS_TO_PAY, "payment < 90", "payment < 89", "usual_days_to_pay_are_the_median_and_its_change"),
    (DAYS_TO_PAY, "payment < 180", "payment <= 180", "usual_days_to_pay_are_the_median_and_its_change"),
    (DAYS_TO_PAY, "payment < 180", "payment < 179", "usual_days_to_pay_are_the_median_and_its_change"),
    (DAYS_TO_PAY, "(payments, payments + 1)", "(payments + 1, payments + 2)", "usual_days_to_pay_are_the_median"),
    (DAYS_TO_PAY, "order by days_to_pay", "order by days_to_pay desc", "usual_days_to_pay_are_the_median"),
    (REASONS, "num_inv_overdue = 1", "num_inv_overdue = 2", "the_reason_is_what_is_overdue_else_due_else_open"),
    (REASONS, "num_inv_due_7d > 0", "num_inv_due_7d > 1", "the_reason_is_what_is_overdue_else_due_else_open"),
    (REASONS, "num_inv_late > 0", "num_inv_late > 1", "the_reason_is_what_is_overdue_else_due_else_open"),
    (LIST, "coalesce(payment_record.share_late, 0)", "coalesce(payment_record.share_late, 1)", "overdue_value_is_late"),
    (LIST, "value_open - open_invoices.value_overdue", "value_open", "overdue_value_is_late_for_certain"),
    (LIST, "left join days_to_pay", "inner join days_to_pay", "overdue_value_is_late_for_certain"),
    (LIST, "expected_late_value desc, ", "", "ties_are_broken_by_overdue_value"),
    (LIST, " value_overdue desc", " value_overdue", "ties_are_broken_by_overdue_value"),
    (LIST, "oldest_day asc", "oldest_day desc", "ties_are_broken_by_overdue_value"),
    (LIST, "oldest_overdue_day, open_invoices.as_of", "oldest_overdue_day, date '1900-01-01'", "an_account_without_an"),
    (LIST, "account_id asc", "account_id desc", "ties_are_broken"),
]


Rule = tuple[str, str, str, str]


def rounds() -> list[list[Rule]]:
    """One broken rule a model at a time: a unit test sees one model alone. A macro serves several, so it is alone."""
    made: list[list[Rule]] = []
    for rule in BROKEN_RULES:
        free = (
            each for each in made if rule[0] not in MACROS and all(other[0] not in (rule[0], *MACROS) for other in each)
        )
        try:
            next(free).append(rule)
        except StopIteration:
            made.append([rule])
    return made


def failures(manifest: Manifest, *models: str) -> set[str]:
    """Names of the unit tests that fail, of some models or of all."""
    chosen = [f"test_type:unit,{model}" for model in models] or ["test_type:unit"]
    ended = dbtRunner(manifest).invoke(["--log-level", "none", "test", "--select", *chosen])
    assert isinstance(ended.result, RunExecutionResult), ended.exception
    assert ended.result.results
    return {each.node.name for each in ended.result.results if each.status == TestStatus.Fail}


def test_broken_rules_are_caught(rebuildable: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """In what dbt has parsed, because to parse again takes longer than all unit tests of a model."""
    monkeypatch.chdir(rebuildable.path)
    manifest = dbtRunner().invoke(["--log-level", "none", "parse"]).result
    code = {node.name: (node, "raw_code") for node in manifest.nodes.values() if node.resource_type == "model"}
    code |= {name: (manifest.macros[f"macro.late_payments.{name}"], "macro_sql") for name in MACROS}
    assert not failures(manifest), "red with every rule as it should be"
    passed = []
    for rules in rounds():
        with pytest.MonkeyPatch.context() as broken:
            for name, rule, instead, _ in rules:
                whole = getattr(*code[name])
                assert rule in whole, f"{name} does not hold: {rule}"
                broken.setattr(*code[name], whole.replace(rule, instead))
            failed = failures(manifest, *(name for name, *_ in rules if name not in MACROS))
        passed += [rule for rule in rules if not any(name.startswith(rule[3]) for name in failed)]
    assert not passed
