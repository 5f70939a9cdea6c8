"""Each rule, deliberately broken, must turn a unit test red: a test that cannot fail proves nothing."""

import pytest
from conftest import Project
from dbt.artifacts.schemas.results import TestStatus
from dbt.artifacts.schemas.run import RunExecutionResult
from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest

# Those of the rules below that are not models.
MACROS = ("date_due", "holds_nul", "is_no_day_of_trade", "smoothed_share")

TERMS_VAR = "whole_number_var('payment_terms_days')"

BROKEN_RULES = [
    # staging
    ("base_trs__accounts", "1900-01-02", "1900-01-01", "days_before_1900_after_2099_and_the_zero_of_clocks"),
    ("base_trs__accounts", "1900-01-02", "1900-01-03", "days_before_1900_after_2099_and_the_zero_of_clocks"),
    ("is_no_day_of_trade", "1970-01-02", "1970-01-01", "days_before_1970_and_after_2099_are_no_days"),
    ("is_no_day_of_trade", "2099-12-30", "2099-12-31", "days_before_1970_and_after_2099_are_no_days"),
    ("holds_nul", "> 0", "> 1", "no_text_of_"),
    # calendar
    ("int_as_of", "max(date_paid))", "max(date_issued))", "as_of_is_the_latest_issue_or_payment"),
    ("int_as_of", "min(date_issued)", "max(date_issued)", "the_calendar_is_of_whole_years"),
    ("int_as_of", "date_due('as_of'), 'year'", "date_due('as_of'), 'month'", "the_calendar_holds_every_due_date"),
    ("int_as_of", "date_due('as_of')", "days_after('as_of', 0)", "the_calendar_holds_every_due_date"),
    ("int_as_of", "date_due('as_of')", "days_after('as_of', 31)", "the_calendar_is_of_whole_years"),
    ("date_due", TERMS_VAR, "31", "an_invoice_is_late_from_day_31"),
    (
        "int_late_share",
        "event = 'overdue' then 1",
        "event = 'paid' and is_late = 1 then 1",
        "share_late_counts_paid_late",
    ),
    ("int_late_share", "event = 'overdue' or", "", "share_late_counts_paid_late_and_overdue"),
    ("int_late_share", "and is_late = 0", "", "share_late_counts_paid_late_and_overdue"),
    ("int_late_share", "where event = 'issued'", "where false", "share_late_counts_paid_late_and_overdue"),
    ("int_late_share", "event_day as known_from", "known_from", "share_late_counts_paid_late_and_overdue"),
    ("int_monthly_balances", "month_start <= as_of", "month_start < as_of", "months_go_from_the_first_issue"),
    ("int_monthly_balances", "generated_number - 1 as", "generated_number as", "months_go_from_the_first_issue"),
    ("int_monthly_balances", "left join", "inner join", "months_go_from_the_first_issue"),
    ("int_monthly_balances", "then is_late else 0", "then 1 else 0", "months_go_from_the_first_issue"),
    ("int_monthly_balances", "and 1 preceding", "and current row", "months_go_from_the_first_issue"),
    ("int_monthly_balances", "and current row", "and 1 preceding", "months_go_from_the_first_issue"),
    ("int_monthly_balances", "+ 1 as integer", "as integer", "months_go_from_the_first_issue"),
    ("int_monthly_balances", "least(", "greatest(", "months_go_from_the_first_issue"),
    # skus
    ("int_sku_prices", "first_built_at <", "first_built_at <=", "a_price_holds_from_the_day_its_list_was_first_seen"),
    ("int_sku_prices", "dbt_is_deleted = 'False'", "true", "a_price_holds_from_the_day_its_list_was_first_seen"),
    ("int_sku_prices", "as_of', 1)", "as_of', 0)", "a_price_holds_from_the_day_its_list_was_first_seen"),
    ("int_sku_prices", "from {{ invoices_history }}", "from versions", "a_price_holds_from_the_day_its_list_was"),
    ("int_sku_prices", "and unbounded following", "and 1 following", "a_corrected_day_leaves_neither_gap_nor_overlap"),
    ("int_sku_prices", "where valid_from < valid_to", "where true", "a_corrected_day_leaves_neither_gap_nor_overlap"),
    ("int_sku_prices", "dbt_valid_from) = 1", "dbt_valid_from) = 0", "a_price_holds_from_the_day_its_list_was_first"),
    (
        "int_sku_prices",
        "cast('9999-12-31' as date) as as_of",
        "cast('2000-01-01' as date) as as_of",
        "a_price_holds_from",
    ),
    ("int_sku_line_items", "line_items.quantity *", "cast(line_items.quantity as double) *", "a_line_has_the_price_of"),
    ("int_sku_line_items", "issued >= prices", "issued > prices", "a_line_has_the_price_of_its_day_to_the_cent"),
    ("int_sku_line_items", "issued < prices", "issued <= prices", "a_line_has_the_price_of_its_day_to_the_cent"),
    ("int_sku_line_items", "* prices.item_cost", "* prices.item_retail", "a_line_has_the_price_of_its_day_to_the_cent"),
    # invoices
    ("int_account_invoice", "paid <= chosen_day", "paid < chosen_day", "what_happened_after_as_of_is_unknown"),
    ("int_account_invoice", "issued <= chosen_day", "issued < chosen_day", "what_happened_after_as_of_is_unknown"),
    ("int_account_invoice", "when invoices.date_paid <= chosen_day.as_of", "when true", "what_happened_after_as_of_is"),
    ("int_invoices", "sum(quantity)", "count(*)", "an_invoice_total_is_exact_and_counts_units_not_lines"),
    ("int_invoices", "count(*)", "sum(quantity)", "an_invoice_total_is_exact_and_counts_units_not_lines"),
    ("int_invoices", "sum(line_total)", "sum(cast(line_total as double))", "an_invoice_total_is_exact"),
    ("int_invoices", "sum(line_cost)", "sum(line_total)", "an_invoice_total_is_exact"),
    ("int_invoices", "date_due('date_issued')", "days_after('date_issued', 29)", "an_invoice_is_late_from_day_31"),
    ("int_invoices", "coalesce(date_paid, as_of)", "date_paid", "an_invoice_is_late_from_day_31"),
    ("int_invoices", "coalesce(date_paid, as_of)", "as_of", "an_invoice_is_late_from_day_31"),
    ("int_invoices", "as_of)') }}, 0)", "as_of)') }}, 1)", "an_invoice_is_late_from_day_31"),
    ("int_invoices", "days_late > 0 then 1", "days_late > 1 then 1", "an_invoice_is_late_from_day_31"),
    ("int_invoices", "days_late > 0 then 1", "days_late >= 0 then 1", "an_invoice_is_late_from_day_31"),
    ("int_invoices", "when aged_invoices.date_paid is not null then 0", "else 0", "an_invoice_is_late_from_day_31"),
    ("int_invoices", "date_due', 1)", "date_due', 0)", "an_invoice_is_late_from_day_31"),
    ("int_invoices", "else aged_invoices.date_paid", "else aged_invoices.date_due", "an_invoice_is_late_from_day_31"),
    ("int_invoice_events", "after('date_issued', 1)", "after('date_issued', 0)", "an_invoice_is_issued_due_perhaps"),
    ("int_invoice_events", "after('date_paid', 1)", "after('date_paid', 0)", "an_invoice_is_issued_due_perhaps"),
    (
        "int_invoice_events",
        "('date_due', 1) }} as event_day",
        "('date_due', 0) }} as event_day",
        "an_invoice_is_issued",
    ),
    ("int_invoice_events", "('date_due', 1) }} as known", "('date_due', 2) }} as known", "an_invoice_is_issued_due"),
    (
        "int_invoice_events",
        "date_due < as_of",
        "date_due <= as_of",
        "an_invoice_is_issued_due_perhaps_overdue_and_paid",
    ),
    ("int_invoice_events", "where is_late = 1", "where true", "an_invoice_is_issued_due_perhaps_overdue_and_paid"),
    ("int_invoice_events", "where date_paid is not null", "", "an_invoice_is_issued_due_perhaps_overdue_and_paid"),
    ("int_invoice_events", "-is_late as", "is_late as", "an_invoice_is_issued_due_perhaps_overdue_and_paid"),
    ("int_invoice_events", "-1 as change_in_open", "1 as change_in_open", "an_invoice_is_issued_due_perhaps_overdue"),
    # accounts
    ("int_account_receivables", "max(days_to_pay)", "min(days_to_pay)", "receivables_are_what_was_known"),
    ("int_account_receivables", "and current row", "and 1 preceding", "receivables_are_what_was_known"),
    ("int_account_receivables", "partition by account_id", "partition by 1", "receivables_are_what_was_known"),
    ("int_account_receivables", "where event = 'issued'", "where false", "receivables_are_what_was_known"),
    (
        "int_account_receivables",
        "'paid' then days_to_pay",
        "'issued' then days_to_pay",
        "receivables_are_what_was_known",
    ),
    ("int_account_receivables", "'paid' then is_late", "'overdue' then is_late", "receivables_are_what_was_known"),
    ("int_accounts", "date_paid is null as is_open", "true as is_open", "an_account_owes_what_is_open_overdue_and_due"),
    ("int_accounts", "and days_late > 0", "and days_late > 1", "an_account_owes_what_is_open_overdue_and_due"),
    ("int_accounts", "and days_late > 0", "", "an_account_owes_what_is_open_overdue_and_due"),
    ("int_accounts", "between 0 and 6", "between 1 and 6", "an_account_owes_what_is_open_overdue_and_due_in_7_days"),
    ("int_accounts", "between 0 and 6", "between 0 and 7", "an_account_owes_what_is_open_overdue_and_due_in_7_days"),
    ("int_accounts", "between 0 and 6", "between -1 and 6", "an_account_owes_what_is_open_overdue_and_due_in_7_days"),
    ("int_accounts", "between 0 and 6", "between 0 and 5", "an_account_owes_what_is_open_overdue_and_due_in_7_days"),
    ("int_accounts", "min(case when is_overdue", "max(case when is_overdue", "an_account_owes_what_is_open_overdue"),
    ("int_accounts", "min(case when is_overdue then date_due end)", "min(date_due)", "an_account_owes_what_is_open"),
    ("int_accounts", "max(date_issued)", "min(date_issued)", "an_account_owes_what_is_open_overdue_and_due_in_7_days"),
    ("int_accounts", "outcome between 0 and 89", "outcome between 0 and 90", "the_record_of_an_account"),
    ("int_accounts", "outcome between 0 and 89", "outcome between 0 and 88", "the_record_of_an_account"),
    ("int_accounts", "outcome between 0 and 89", "outcome between 1 and 89", "the_record_of_an_account"),
    ("int_accounts", "outcome between 90 and 179", "outcome between 91 and 179", "the_record_of_an_account"),
    ("int_accounts", "outcome between 90 and 179", "outcome between 90 and 180", "the_record_of_an_account"),
    ("int_accounts", "outcome between 90 and 179", "outcome between 90 and 178", "the_record_of_an_account"),
    ("int_accounts", "count(is_late)", "count(*)", "the_record_of_an_account"),
    ("int_accounts", "payment between 0 and 89", "payment between 0 and 90", "usual_days_to_pay_are_the_median"),
    ("int_accounts", "payment between 0 and 89", "payment between 0 and 88", "usual_days_to_pay_are_the_median"),
    ("int_accounts", "payment between 0 and 89", "payment between 1 and 89", "usual_days_to_pay_are_the_median"),
    ("int_accounts", "payment between 90 and 179", "payment between 91 and 179", "usual_days_to_pay_are_the_median"),
    ("int_accounts", "payment between 90 and 179", "payment between 90 and 180", "usual_days_to_pay_are_the_median"),
    ("int_accounts", "payment between 90 and 179", "payment between 90 and 178", "usual_days_to_pay_are_the_median"),
    ("int_accounts", "(order by days_to_pay)", "(order by days_to_pay desc)", "usual_days_to_pay_are_the_median"),
    # features
    ("invoice_features", "120 preceding", "119 preceding", "num_inv_120d_counts_from_120_days_to_1_day_before"),
    ("invoice_features", "120 preceding", "121 preceding", "num_inv_120d_counts_from_120_days_to_1_day_before"),
    ("invoice_features", "1 preceding", "2 preceding", "num_inv_120d_counts_from_120_days_to_1_day_before"),
    ("invoice_features", "and 1 preceding", "and current row", "invoices_of_one_day_count_in_the_total"),
    ("invoice_features", "and current row", "and 1 preceding", "invoices_of_one_day_count_in_the_total"),
    ("invoice_features", "range between unbounded", "rows between unbounded", "invoices_of_one_day_count_in_the_total"),
    ("invoice_features", "'joining_date', 'date_issued'", "'joining_date', 'as_of'", "acct_age_is_days_from_joining"),
    ("smoothed_share", "weight_of_all = 2", "weight_of_all = 3", "payment_history_is_what_was_known_before"),
    (
        "invoice_payment_history",
        "last_date_paid', 1)",
        "last_date_paid', 0)",
        "payment_history_is_what_was_known_before",
    ),
    ("invoice_payment_history", "_late + receivables.num_inv_overdue", "_late", "payment_history_is_what_was_known"),
    ("training_set", "is_late is not null", "inv_id is not null", "known_outcomes_are_trained_on"),
    ("scoring_set", "is_late is null", "inv_id is not null", "unknown_outcomes_are_scored"),
    # finance
    ("fct_invoices", "is null and days_late > 0", "is null", "an_invoice_has_its_status_amount_cost_and_margin"),
    ("fct_invoices", "when days_late > 0", "when days_late > 1", "an_invoice_has_its_status_amount_cost_and_margin"),
    ("fct_invoices", "inv_total - inv_cost", "inv_total", "an_invoice_has_its_status_amount_cost_and_margin"),
    ("fct_invoices", "inv_cost as cost", "inv_total as cost", "an_invoice_has_its_status_amount_cost_and_margin"),
    ("fct_invoice_line_items", "line_total - line_cost", "line_total", "a_line_item_has_its_amount_cost_and_margin"),
    ("dim_accounts", "joining_date <= chosen", "joining_date < chosen", "an_account_is_known_from_its_joining_date"),
    ("dim_skus", "as_of >= prices", "as_of > prices", "a_sku_has_the_prices_of_the_day_as_of"),
    ("dim_skus", "as_of < prices", "as_of <= prices", "a_sku_has_the_prices_of_the_day_as_of"),
    ("dim_date", "calendar_end') }} + 1", "calendar_end') }}", "a_day_knows_its_month_quarter_year_and_weekday"),
    ("dim_date", "generated_number - 1 as", "generated_number as", "a_day_knows_its_month_quarter_year_and_weekday"),
    ("dim_date", "0001-01-01", "0001-01-02", "a_new_year_begins_a_month_a_quarter_and_a_year"),
    ("dim_date", "last_day('date_day', 'month')", "last_day('date_day', 'quarter')", "a_day_knows_its_month_quarter"),
    ("receivables_ageing", "= 0", "<= 1", "receivables_age_by_days_beyond_the_due_date"),
    ("receivables_ageing", "between 1 and 30", "between 1 and 29", "receivables_age_by_days_beyond_the_due_date"),
    ("receivables_ageing", "between 31 and 60", "between 31 and 61", "receivables_age_by_days_beyond_the_due_date"),
    ("receivables_ageing", "between 61 and 90", "between 60 and 90", "receivables_age_by_days_beyond_the_due_date"),
    ("receivables_ageing", "> 90", "> 91", "receivables_age_by_days_beyond_the_due_date"),
    ("receivables_ageing", "where date_paid is null", "", "receivables_age_by_days_beyond_the_due_date"),
    (
        "receivables_ageing_total",
        "coalesce(sum(invoices_open), 0)",
        "sum(invoices_open)",
        "the_total_is_there_when_nothing_is_unpaid",
    ),
    ("receivables_ageing_total", "sum(amount_open)", "max(amount_open)", "the_total_is_the_sum_of_all_accounts"),
    (
        "monthly_receivables",
        "amount_closing - amount_overdue",
        "amount_closing",
        "monthly_ratios_follow_their_formulas",
    ),
    ("monthly_receivables", "cast(amount_closing as", "cast(amount_opening as", "monthly_ratios_follow_their_formulas"),
    ("monthly_receivables", "cast(amount_overdue as", "cast(amount_current as", "monthly_ratios_follow_their_formulas"),
    ("monthly_receivables", "issued - amount_current, 0)", "issued, 0)", "monthly_ratios_follow_their_formulas"),
    ("monthly_receivables", "nullif(amount_issued, 0)", "coalesce(amount_issued, 0)", "monthly_ratios_follow_their"),
    (
        "monthly_receivables",
        "nullif(invoices_due, 0)",
        "nullif(invoices_due, 8)",
        "monthly_ratios_follow_their_formulas",
    ),
    # branch
    (
        "stg_trs__account_contacts",
        "and accounts.company_name = delivered.company_name",
        "",
        "contacts_are_those_of_the_good",
    ),
    ("stg_trs__account_contacts", "= delivered.joining_date", "is not null", "contacts_are_those_of_the_good_rows"),
    (
        "stg_trs__account_contacts",
        "= delivered.account_id",
        "= trim(delivered.account_id)",
        "contacts_are_those_of_the",
    ),
    (
        "stg_trs__account_contacts",
        "nullif(trim(contact_person), '')",
        "contact_person",
        "contacts_are_those_of_the_good",
    ),
    ("smoothed_share", "weight_of_all = 2", "weight_of_all = 1", "overdue_value_is_late_for_certain"),
    ("accounts_to_contact", "num_inv_open > 0", "true", "overdue_value_is_late_for_certain"),
    ("accounts_to_contact", "coalesce(share_late, 0)", "coalesce(share_late, 1)", "overdue_value_is_late_for_certain"),
    ("accounts_to_contact", "(value_open - value_overdue)", "value_open", "overdue_value_is_late_for_certain"),
    ("accounts_to_contact", "expected_late_value desc,", "", "ties_are_broken_by_overdue_value"),
    ("accounts_to_contact", "value_overdue desc", "value_overdue", "ties_are_broken_by_overdue_value"),
    ("accounts_to_contact", "as_of) asc", "as_of) desc", "ties_are_broken_by_overdue_value"),
    ("accounts_to_contact", "oldest_overdue_day, as_of", "oldest_overdue_day, date '1900-01-01'", "ties_are_broken_by"),
    ("accounts_to_contact", "account_id asc", "account_id desc", "ties_are_broken_by_overdue_value"),
    ("accounts_to_contact", "num_inv_overdue = 1", "num_inv_overdue = 2", "the_reason_is_what_is_overdue_else_due"),
    ("accounts_to_contact", "num_inv_due_7d > 0", "num_inv_due_7d > 1", "the_reason_is_what_is_overdue_else_due"),
    ("accounts_to_contact", "num_inv_late > 0", "num_inv_late > 1", "the_reason_is_what_is_overdue_else_due"),
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
    monkeypatch.setenv("LATE_PAYMENTS_DATABASE", str(rebuildable.database))
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
