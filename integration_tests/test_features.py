"""Every feature of every invoice against an independent recomputation."""

from datetime import date
from pathlib import Path

from conftest import REAL_EXTRACTS, Project, needs_real_extracts
from independent_features import features, payment_history

LABELS = {"is_late"}
KNOWN = "int_account_invoice"


def assert_equal(ours: list[tuple], expected: list[tuple]) -> None:
    assert len(ours) == len(expected)
    different = [pair for pair in zip(ours, expected, strict=True) if pair[0] != pair[1]]
    assert not different, f"{len(different)} rows differ, the first (project, independent): {different[0]}"


def mart(project: Project, name: str, suffix: str = "") -> list[tuple]:
    return project.query(f"select * from features{suffix}.{name} order by inv_id")


def leaks(project: Project, suffix: str) -> list[tuple[str, str, int]]:
    """Mart, feature and number of invoices for which a replay of a past day disagrees with the full build."""

    def has_all(name: str, suffix: str) -> bool:
        counts = f"(select count(*) from features{suffix}.{name}), (select count(*) from intermediate{suffix}.{KNOWN})"
        ((rows, known),) = project.query(f"select {counts}")
        return rows == known

    found, marts = [], []
    columns = project.query(
        "select table_name, column_name from information_schema.columns"
        f" where table_schema = 'features{suffix}' order by ordinal_position"
    )
    for name in sorted({table for table, column in columns if column == "inv_id"}):
        then, now = f"features{suffix}.{name}", f"features.{name}"
        if not has_all(name, suffix) or not has_all(name, ""):
            continue  # Holds the invoices of one outcome only.
        marts.append(name)
        for feature in [column for table, column in columns if table == name and column not in LABELS]:
            ((count,),) = project.query(
                f"select count(*) from {then} as old left join {now} as new using (inv_id)"
                f" where old.{feature} is distinct from new.{feature}"
            )
            if count:
                found.append((name, feature, count))
    assert {"invoice_features", "invoice_payment_history"} <= set(marts)
    return found


def assert_features(project: Project, directory: Path, as_of: date | None = None) -> None:
    suffix = f"_asof_{as_of:%Y%m%d}" if as_of else ""
    expected = features(directory, as_of)
    assert_equal(project.exported(f"invoice_features{suffix}"), expected)
    assert mart(project, "invoice_features", suffix) == expected
    assert_equal(mart(project, "invoice_payment_history", suffix), payment_history(directory, as_of))


def test_the_seeds(built: Project) -> None:
    assert_features(built, built.path / "seeds")


def test_training_and_scoring_set_hold_both_marts(built: Project) -> None:
    by_invoice = {row[0]: row for row in features(built.path / "seeds")}
    history = {row[0]: row[1:] for row in payment_history(built.path / "seeds")}
    lines = dict(
        built.query("select invoice_id, count(*) from staging.stg_trs__invoice_line_items group by invoice_id")
    )
    rows = {
        invoice: (*eight[:-1], lines[invoice], *history[invoice], eight[-1]) for invoice, eight in by_invoice.items()
    }
    known = [row for _, row in sorted(rows.items()) if row[-1] is not None]
    unknown = [row[:-1] for _, row in sorted(rows.items()) if row[-1] is None]
    assert known and unknown
    assert_equal(mart(built, "training_set"), known)
    assert_equal(mart(built, "scoring_set"), unknown)


def test_a_leak_is_found(rebuildable: Project) -> None:
    rebuildable.replace(
        "models/marts/features/invoice_features.sql",
        "range between unbounded preceding and current row",
        "range between unbounded preceding and unbounded following",
    )
    only_models = ("--exclude-resource-type", "test", "unit_test", "snapshot")
    rebuildable.dbt("build", *only_models)
    rebuildable.dbt("build", *only_models, "--vars", "{as_of: 2021-04-12}")
    assert [leak[:2] for leak in leaks(rebuildable, "_asof_20210412")] == [("invoice_features", "cum_tot_inv_acct")]


@needs_real_extracts
def test_the_real_extracts(built_from_real: Project) -> None:
    assert_features(built_from_real, REAL_EXTRACTS)
    exported = built_from_real.exported()
    assert len(exported) == 9_685
    assert sum(row[-1] for row in exported) == 1_473
