"""Each rule, deliberately broken, must turn a unit test red: a test that cannot fail proves nothing."""

import pytest
from conftest import Project
from dbt.artifacts.schemas.results import TestStatus
from dbt.artifacts.schemas.run import RunExecutionResult
from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest

# Those of the rules below that are not models.
MACROS = (
    "ageing_buckets",
    "date_due",
    "first_recent_day",
    "holds_nul",
    "is_known",
    "is_no_day_of_trade",
    "is_recent",
    "late_log_odds",
    "log_odds",
    "smoothed_share",
)

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
        "int_daily_outcomes",
        "event = 'overdue' then 1",
        "event = 'paid' and is_late = 1 then 1",
        "outcomes_are_paid_in_time",
    ),
    ("int_daily_outcomes", "event = 'overdue' or", "", "outcomes_are_paid_in_time_or_overdue_once"),
    ("int_daily_outcomes", "and is_late = 0", "", "outcomes_are_paid_in_time_or_overdue_once"),
    ("int_daily_outcomes", "where event = 'issued'", "where false", "outcomes_are_paid_in_time_or_overdue_once"),
    ("int_daily_outcomes", "event_day as known_from", "known_from", "outcomes_are_paid_in_time_or_overdue_once"),
    (
        "int_daily_outcomes",
        "known_from,\n        inv_lines\n",
        "known_from,\n        inv_lines,\n        num_inv_known\n",
        "outcomes",
    ),
    ("int_late_share", "and current row", "and 1 preceding", "the_share_of_all_counts_every_outcome_so_far"),
    ("int_late_share", "lead(known_from)", "lag(known_from)", "the_share_of_all_counts_every_outcome_so_far"),
    ("int_lines_late_share", "and current row", "and 1 preceding", "the_share_by_lines_leans_on_that_of_all"),
    ("int_lines_late_share", "partition by inv_lines\n", "partition by 1\n", "the_share_by_lines_leans_on_that_of_all"),
    ("int_lines_late_share", "lead(known_from)", "lag(known_from)", "the_share_by_lines_leans_on_that_of_all"),
    ("int_monthly_balances", "month_start <= as_of", "month_start < as_of", "months_go_from_the_first_issue"),
    ("int_monthly_balances", "generated_number - 1 as", "generated_number as", "months_go_from_the_first_issue"),
    ("int_monthly_balances", "left join", "inner join", "months_go_from_the_first_issue"),
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
    ("int_account_receivables", "lead(known_from)", "lag(known_from)", "receivables_are_what_was_known"),
    ("int_account_receivables", "(partition by account_id", "(partition by 1", "receivables_are_what_was_known"),
    ("int_account_receivables", "where event = 'issued'", "where false", "receivables_are_what_was_known"),
    (
        "int_account_receivables",
        "'paid' then days_to_pay",
        "'issued' then days_to_pay",
        "receivables_are_what_was_known",
    ),
    ("int_account_receivables", "'paid' then is_late", "'overdue' then is_late", "receivables_are_what_was_known"),
    ("int_account_late_share", "_late + receivables.num_inv_overdue", "_late", "the_share_of_an_account_counts"),
    ("int_accounts", "when date_paid is null", "when true", "an_account_owes_what_is_not_paid"),
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
    (
        "invoice_payment_history",
        "last_date_paid', 1)",
        "last_date_paid', 0)",
        "payment_history_is_what_was_known_before",
    ),
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
    ("ageing_buckets", " <= 0", " <= 1", "receivables_age_by_days_beyond_the_due_date"),
    ("ageing_buckets", "between 1 and 30", "between 1 and 29", "receivables_age_by_days_beyond_the_due_date"),
    ("ageing_buckets", "between 31 and 60", "between 31 and 61", "receivables_age_by_days_beyond_the_due_date"),
    ("ageing_buckets", "between 61 and 90", "between 60 and 90", "receivables_age_by_days_beyond_the_due_date"),
    ("ageing_buckets", "> 90", "> 91", "receivables_age_by_days_beyond_the_due_date"),
    ("receivables_ageing", "where date_paid is null", "", "receivables_age_by_days_beyond_the_due_date"),
    ("receivables_ageing_by_month", "-days_until_due", "days_until_due", "each_month_ages_by_days_beyond"),
    ("receivables_ageing_by_month", "left join ageing", "inner join ageing", "each_month_ages_by_days_beyond"),
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
    ("daily_receivables", "between chosen_day.first_date_issued", "between '2021-01-02'", "days_of_each_grade"),
    ("daily_receivables", "    left join movements", "    inner join movements", "days_of_each_grade"),
    ("daily_receivables", "and current row", "and 1 preceding", "days_of_each_grade"),
    ("daily_receivables", "partition by days.risk_grade\n", "partition by 1\n", "days_of_each_grade"),
    ("int_daily_movements", "then events.is_late else", "then 1 else", "movements_of_a_day"),
    ("int_daily_movements", "then events.is_late * events", "then events", "movements_of_a_day"),
    ("int_daily_movements", "'overdue' then 1", "'due' then 1", "movements_of_a_day"),
    ("int_daily_movements", "'due' then events.is_late", "'due' then 1", "movements_of_a_day"),
    ("int_daily_movements", "'due' then 1", "'overdue' then 1", "movements_of_a_day"),
    ("hourly_receivables", "between 1 following", "between current row", "hours_go_back_from"),
    ("hourly_receivables", "partition by risk_grade\n", "partition by 1\n", "hours_go_back_from"),
    ("hourly_receivables", "left join movements", "inner join movements", "hours_go_back_from"),
    ("hourly_receivables", "left join invoices", "inner join invoices", "hours_go_back_from"),
    ("hourly_receivables", "and invoices.date_paid is null", "", "hours_go_back_from"),
    ("hourly_receivables", "then arrivals.is_late else", "then 1 else", "hours_go_back_from"),
    ("int_invoice_arrivals", "greatest(", "coalesce(", "payments_come_in_with"),
    ("int_invoice_arrivals", "where date_paid is not null", "where hour_paid is not null", "payments_come_in_with"),
    ("int_invoice_arrivals", "where hour_entered is not null", "", "payments_come_in_with"),
    ("int_invoice_arrivals", "trunc('hour', 'arrivals", "trunc('day', 'arrivals", "payments_come_in_with"),
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
    ("accounts_to_contact", "= chosen_day.as_of", "<= chosen_day.as_of", "the_list_is_of_the_day_as_of"),
    ("accounts_to_contact", "num_inv_overdue = 1", "num_inv_overdue = 2", "the_reason_is_what_is_overdue_and_what"),
    ("accounts_to_contact", "num_inv_due_7d = 1", "num_inv_due_7d = 2", "the_reason_is_what_is_overdue_and_what"),
    ("accounts_to_contact", "num_inv_due_7d > 1", "num_inv_due_7d > 2", "the_reason_is_what_is_overdue_and_what"),
    ("accounts_to_contact", "num_inv_late > 0", "num_inv_late > 1", "the_reason_is_what_is_overdue_and_what"),
    ("accounts_to_contact", "coalesce('; ' || words_on_due, '')", "''", "the_reason_is_what_is_overdue_and_what"),
    # risk
    ("log_odds", "then -ln(499)", "then -ln(99)", "an_invoice_is_scored_by_what_was_known_on_the_morning"),
    ("log_odds", ">= 499 / 500.0", "> 1", "an_invoice_is_scored_by_what_was_known_on_the_morning"),
    ("late_log_odds", "- {{ log_odds(share_of_all) }}", "", "an_invoice_is_scored_by_what_was_known"),
    ("late_log_odds", "+ {{ log_odds(share_of_lines) }}", "", "an_invoice_is_scored_by_what_was_known"),
    ("smoothed_share", "weight_of_all = 2", "weight_of_all = 3", "the_share_of_an_account_counts"),
    ("smoothed_share", "weight_of_all = 2", "weight_of_all = 1", "the_share_by_lines_leans_on_that_of_all"),
    ("first_recent_day", "recent_days = 90", "recent_days = 89", "a_grade_is_corrected_by_its_outcomes_of_90_days"),
    ("first_recent_day", "recent_days = 90", "recent_days = 91", "punctual_payers_pay_after_so_many_days"),
    ("first_recent_day", "recent_days = 90", "recent_days = 91", "the_share_unpaid_falls_with_each_day"),
    (
        "is_recent",
        "and {{ scored_day }}",
        "and {{ days_after(scored_day, 1) }}",
        "a_grade_is_corrected_by_its_outcomes",
    ),
    ("is_known", "date_known <=", "date_known <", "what_is_open_at_the_end_of_a_day_has_the_shares"),
    ("is_known", "next_date_known >", "next_date_known >=", "what_is_open_at_the_end_of_a_day_has_the_shares"),
    ("is_known", "or {{ shares }}.next_date_known is null", "", "what_is_open_at_the_end_of_a_day_has_the_shares"),
    ("int_invoice_scores", "< 0.2", "<= 0.2", "grades_begin_at_one_in_five_and_three_in_five"),
    ("int_invoice_scores", "< 0.6", "< 0.5", "grades_begin_at_one_in_five_and_three_in_five"),
    ("int_invoice_scores", ">= 0.6", "> 0.6", "grades_begin_at_one_in_five_and_three_in_five"),
    ("int_invoice_scores", "date_issued = late_shares", "date_issued >= late_shares", "an_invoice_is_scored_by_what"),
    ("int_open_invoices", "issued <= days", "issued < days", "what_is_open_at_the_end_of_a_day"),
    ("int_open_invoices", "paid > days", "paid >= days", "what_is_open_at_the_end_of_a_day"),
    ("int_open_invoices", "invoices.date_paid is null or", "", "what_is_open_at_the_end_of_a_day"),
    ("int_grade_corrections", "where probability_late is not null", "", "a_grade_is_corrected_by_its_outcomes"),
    ("int_grade_corrections", "- {{ log_odds('mean_probability') }}", "", "a_grade_is_corrected_by_its_outcomes"),
    (
        "int_days_to_pay",
        "days_to_pay > days_open then num_in_time else",
        "days_to_pay >= days_open then num_in_time else",
        "punctual",
    ),
    ("int_days_to_pay", "is_late = 0 then", "is_late >= 0 then", "punctual_payers_pay_after_so_many_days"),
    ("int_days_to_pay", "left join", "inner join", "punctual_payers_pay_after_so_many_days"),
    ("int_days_to_pay", "series(terms + 1)", "series(terms)", "punctual_payers_pay_after_so_many_days"),
    ("int_days_to_pay", "num_late, 0), {{ terms + 1 }})", "num_late, 0), {{ terms }})", "punctual_payers_pay_after"),
    ("int_invoice_risk", "days_until_due >= 0", "days_until_due > 0", "the_longer_an_invoice_is_open"),
    ("int_invoice_risk", "left join", "inner join", "the_longer_an_invoice_is_open"),
    ("int_invoice_risk", "log_odds + coalesce(corrections.correction, 0)", "log_odds", "the_longer_an_invoice_is_open"),
    ("int_invoice_risk", "* days_to_pay.share_of_punctual_unpaid", "* 1", "the_longer_an_invoice_is_open"),
    ("int_invoice_risk", "(1 - probability_late) * mean_days_if_punctual", "0", "the_longer_an_invoice_is_open"),
    ("int_account_priorities", "days_until_due < 0", "days_until_due <= 0", "an_account_is_called_for_what_is_late"),
    ("int_account_priorities", "between 0 and 6", "between 1 and 6", "an_account_is_called_for_what_is_late"),
    ("int_account_priorities", "between 0 and 6", "between 0 and 7", "an_account_is_called_for_what_is_late"),
    ("int_account_priorities", "between 0 and 6", "between -1 and 6", "an_account_is_called_for_what_is_late"),
    ("int_account_priorities", "between 0 and 6", "between 0 and 5", "an_account_is_called_for_what_is_late"),
    (
        "int_account_priorities",
        "min(case when open_invoices.is_overdue",
        "max(case when open_invoices.is_overdue",
        "an_account",
    ),
    (
        "int_account_priorities",
        "max(case when open_invoices.is_due",
        "min(case when open_invoices.is_due",
        "an_account",
    ),
    (
        "int_account_priorities",
        "value_overdue + expected_late_7d",
        "expected_late_7d",
        "an_account_is_called_for_what_is_late",
    ),
    (
        "int_account_priorities",
        "where num_inv_overdue + num_inv_due_7d > 0",
        "",
        "an_account_is_called_for_what_is_late",
    ),
    ("int_account_priorities", "partition by scored_day", "partition by 1", "ties_are_broken_by_overdue_value"),
    ("int_account_priorities", "expected_late_value desc,", "", "ties_are_broken_by_overdue_value"),
    ("int_account_priorities", "value_overdue desc", "value_overdue", "ties_are_broken_by_overdue_value"),
    ("int_account_priorities", "scored_day) asc", "scored_day) desc", "ties_are_broken_by_overdue_value"),
    (
        "int_account_priorities",
        "oldest_overdue_day, scored_day",
        "oldest_overdue_day, date '1900-01-01'",
        "ties_are_broken_by",
    ),
    ("int_account_priorities", "account_id asc", "account_id desc", "ties_are_broken_by_overdue_value"),
    (
        "int_payment_curves",
        "date_issued <= days",
        "date_issued + 26 <= days",
        "the_share_unpaid_falls_with_each_day",
    ),
    ("int_payment_curves", "date_paid >= {{", "date_paid > {{", "the_share_unpaid_falls_with_each_day"),
    ("int_payment_curves", "last_days_open + 1", "last_days_open", "the_share_unpaid_falls_with_each_day"),
    (
        "int_payment_curves",
        "{{ days_between('invoices.date_issued', first_recent_day('days.scored_day')) }}",
        "0",
        "the_share_unpaid",
    ),
    (
        "int_payment_curves",
        "invoices.date_paid <= days.scored_day then 1",
        "true then 1",
        "the_share_unpaid_falls_with",
    ),
    ("int_payment_curves", "min(share_staying)", "max(share_staying)", "the_share_unpaid_falls_with_each_day"),
    ("int_payment_curves", "nullif(num_inv_seen, 0), 1)", "nullif(num_inv_seen, 0), 0)", "the_share_unpaid_falls_with"),
    ("int_expected_receipts", "days_open_then >= curves", "days_open_then > curves", "the_share_paid_in_a_week"),
    ("int_expected_receipts", "days_open_then < curves", "days_open_then <= curves", "the_share_paid_in_a_week"),
    ("int_expected_receipts", "nullif(share_unpaid_today, 0)", "1", "the_share_paid_in_a_week"),
    (
        "int_expected_receipts",
        "coalesce(curves.share_unpaid, 1)",
        "coalesce(curves.share_unpaid, 0.5)",
        "the_share_paid_in",
    ),
    ("int_expected_receipts", "open_groups.days_open + 7 *", "open_groups.days_open + 6 *", "the_share_paid_in_a_week"),
    (
        "int_expected_collections",
        "days_until_due >= 0",
        "days_until_due > 0",
        "what_is_expected_adds_up_to_what_is_open",
    ),
    ("int_expected_collections", "integer), 1)", "integer), 0)", "what_is_expected_adds_up_to_what_is_open"),
    ("int_expected_collections", "ceil(", "floor(", "what_is_expected_adds_up_to_what_is_open"),
    ("int_expected_collections", "left join values_by_week", "inner join values_by_week", "what_is_expected_adds_up"),
    (
        "int_expected_collections",
        "days_until_due < 0",
        "days_until_due <= 0",
        "what_is_expected_adds_up_to_what_is_open",
    ),
    (
        "int_expected_collections",
        "value_open - sum(amount_expected)",
        "value_open - 0 * sum(amount_expected)",
        "what_is_expected_adds_up_to_what",
    ),
    ("open_invoice_risk", "= chosen_day.as_of", "<= chosen_day.as_of", "the_risk_of_today_is_that_of_the_day"),
    ("risk_by_month", "< chosen_day.as_of", "<= chosen_day.as_of", "a_month_is_judged_once_all_of_its_outcomes"),
    ("risk_by_month", "where risks.probability_late is not null", "", "a_month_is_judged_once_all_of_its_outcomes"),
    ("risk_by_month", "+ num_of_rank - 1", "", "a_month_is_judged_once_all_of_its_outcomes"),
    ("risk_by_month", "sum(is_late * inv_total)", "sum(inv_total)", "a_month_is_judged_once_all_of_its_outcomes"),
    ("expected_collections", "= chosen_day.as_of", "<= chosen_day.as_of", "the_weeks_of_today_follow_the_day_as_of"),
    ("expected_collections", "weeks_ahead - 6", "weeks_ahead - 7", "the_weeks_of_today_follow_the_day_as_of"),
    ("expected_collections", "weeks_ahead <= 4", "weeks_ahead <= 5", "the_weeks_of_today_follow_the_day_as_of"),
    ("collections_by_month", "<= chosen_day.as_of", "< chosen_day.as_of", "what_came_in_stands_beside_what_was"),
    ("collections_by_month", "where weeks_ahead <= 4", "", "what_came_in_stands_beside_what_was"),
    ("collections_by_month", "7 * weeks_ahead - 6", "7 * weeks_ahead - 7", "what_came_in_stands_beside_what_was"),
    ("collections_by_month", "ceil(", "floor(", "what_came_in_stands_beside_what_was"),
    ("collections_by_month", "left join collected", "inner join collected", "what_came_in_stands_beside_what_was"),
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


def failures(manifest: Manifest, *names: str) -> set[str]:
    """Names of the unit tests that fail, of those whose names begin so, or of all."""
    chosen = [f"test_type:unit,{name}*" for name in names] or ["test_type:unit"]
    ended = dbtRunner(manifest).invoke(["--log-level", "none", "--no-write-json", "test", "--select", *chosen])
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
            failed = failures(manifest, *(unit_test for *_, unit_test in rules))
        passed += [rule for rule in rules if not any(name.startswith(rule[3]) for name in failed)]
    assert not passed
