"""Write invented TRS extracts: accounts, skus, invoices and invoice_line_items as CSV files.

The sizes, the shapes of the values and the way lateness depends on account and invoice follow a real
extract; every name, number and price is made up. The same arguments always give the same bytes, on any
Python from 3.10: the only source of chance is random.Random.random(), whose sequence is guaranteed.

Standard library only, so that it runs before anything is installed.

    python -m late_payments.extracts [--scale TIMES] [--out DIRECTORY]
"""

import argparse
import csv
import math
import os
import random
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import TypeVar

SEED = "late_payments"
# One block is the size of the real extract; --scale repeats it with fresh chance.
ACCOUNTS, SKUS, INVOICES, LINES = 200, 100, 9_685, 53_481

FIRST_ISSUE, LAST_ISSUE = date(2020, 5, 12), date(2021, 5, 12)
# The extract is taken a little after the last invoice, so what is paid later still looks unpaid in it.
EXTRACTED = date(2021, 5, 28)
FIRST_JOINING, LAST_OLD_JOINING = date(2016, 5, 23), date(2019, 5, 3)

TERMS_DAYS = 30
MIN_LINES, MAX_LINES = 2, 9
SHARE_OF_LATE_PAYERS = 0.13
SHARE_OF_NEW_ACCOUNTS = 0.05
SHARE_NEVER_PAID = 0.003
ACCOUNTS_WITHOUT_INVOICES = 2

SURNAMES = (
    "O'Connor D'Angelo O'Brien Müller Núñez Sørensen Łukasiewicz Çelik Nguyễn Åkesson Ström Žižka "
    "Smith Jones Taylor Brown Wilson Evans Walker Wright Hughes Green Hall Wood Clarke Patel Khan Lewis "
    "Cohen Fischer Rossi Moreau Kowalski Novák Haddad Okafor Tanaka Silva Castro Ferreira Jansen Byrne"
).split()
FIRST_NAMES = (
    "Anna José Zoë Siân François Jürgen Małgorzata Aisha Tom Grace Oliver Priya Chloé Daniel Renée Hugo "
    "Ingrid Mateo Fatima George Lena Omar Rosa Björn Ellen Ivan Nadia Paul Ruth Simon"
).split()
TRADES = (
    "Plumbing Roofing Joinery Electrical Paving Glazing Tiling Drainage Scaffolding Masonry Heating Decorating"
).split()
STREETS = "Mill Station Church Victoria Quarry Harbour Chapel Orchard Bridge Foundry".split()
TOWNS = "Ashford,Brückton,Saint-Élie,North Haven,Kings Lynn,Málaga Creek,Port Daniel,Østerby".split(",")
ADJECTIVES = (
    "Galvanised Heavy-duty Brushed Insulated Compact Weatherproof Adjustable Threaded Hardened Flexible".split()
)
PRODUCTS = (
    'elbow joint;ball valve;roof batten;cable gland;floor tile;masonry bit;"quick-fit" coupling;pipe clip;'
    "hinge, left-hand;mason's line"
).split(";")

ACCOUNT_COLUMNS = "account_id,company_name,company_address,contact_person,contact_phone,gender,joining_date".split(",")
SKU_COLUMNS = "item_id,item_name,item_description,item_cost_price,item_retail_price".split(",")
INVOICE_COLUMNS = "invoice_id,account_id,date_issued,payment_dates".split(",")
LINE_COLUMNS = "invoice_id,item_id,quantity".split(",")

Value = TypeVar("Value")
# Of a CSV file, in the order of its columns.
Row = tuple[object, ...]


class Chance:
    """Draws built on random() alone, so that they are the same on every Python version."""

    def __init__(self, *seed: object) -> None:
        self.random = random.Random("/".join(map(str, seed))).random

    def between(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return low + int(self.random() * (high - low + 1))

    def pick(self, values: Sequence[Value]) -> Value:
        """One of the values, each as likely as any other."""
        return values[int(self.random() * len(values))]

    def day(self, first: date, last: date) -> date:
        """A day from first to last, both included."""
        return first + timedelta(days=self.between(0, (last - first).days))


def isbn(index: int) -> str:
    """The ISBN-10 of SKU number index: distinct for distinct indices below 10**8, check digit valid.

    The check digit makes 10*d1 + 9*d2 + … + 1*d10 a multiple of 11; ten is written X.
    """
    # Multiplying by a number coprime to 10**8 shuffles the indices without ever repeating one.
    body = f"{index % 2}{(index * 61_803_399 + 30_424_877) % 10**8:08d}"
    check = -sum((10 - place) * int(digit) for place, digit in enumerate(body)) % 11
    publisher_ends = 3 + index % 5
    return f"{body[0]}-{body[1:publisher_ends]}-{body[publisher_ends:]}-{'X' if check == 10 else check}"


def cents(amount: int) -> str:
    """12340 cents as 123.4: TRS leaves out a last zero."""
    return f"{amount // 100}.{amount % 100:02d}".removesuffix("0")


def company_name(chance: Chance) -> str:
    """With the commas, quotes and letters beyond ASCII that a reader of CSV must withstand."""
    one, two, three = (chance.pick(SURNAMES) for _ in range(3))
    trade = chance.pick(TRADES)
    return chance.pick(
        (
            f"{one}-{two}",
            f"{one}, {two} and {three}",
            f"{one} & Sons",
            f"{one} {trade} Ltd.",
            f'"{trade} by {one}", Inc.',
            f"{one}'s {trade}",
        )
    )


def address(chance: Chance) -> str:
    """Two lines, as TRS keeps it in one column."""
    unit = chance.pick(("", f" Suite {chance.between(1, 999)}", f", Unit {chance.between(1, 99)}"))
    return (
        f"{chance.between(1, 9999)} {chance.pick(STREETS)} Road{unit}\n"
        f"{chance.pick(TOWNS)}, {chance.pick(('WI', 'NC', 'GA', 'CA'))} {chance.between(501, 99950):05d}"
    )


def phone(chance: Chance) -> str:
    """In one of the ways that people type it, some with an extension."""
    area, prefix, line = chance.between(200, 999), chance.between(200, 999), chance.between(0, 9999)
    number = chance.pick(
        (f"({area}){prefix}-{line:04d}", f"+1-{area}-{prefix}-{line:04d}", f"{area}.{prefix}.{line:04d}")
    )
    return number + chance.pick(("", f"x{chance.between(1, 99999)}"))


def skus(block: int) -> Iterator[Row]:
    """The SKUS rows of one block, each sold above its cost."""
    chance = Chance(SEED, "skus", block)
    for index in range(block * SKUS, (block + 1) * SKUS):
        name = f"{chance.pick(ADJECTIVES)} {chance.pick(PRODUCTS)}"
        size = f"{chance.between(5, 250)} mm"
        cost = chance.between(100_00, 10_000_00)
        retail = cost * chance.between(110, 300) // 100
        yield isbn(index), name, f"{name}, {size}", cents(cost), cents(retail)


def shared_out(total: int, wishes: list[int], low: int, high: int) -> list[int]:
    """The wishes, moved up or down by ones within [low, high] until they add up to total."""
    gap = total - sum(wishes)
    step = 1 if gap > 0 else -1
    while gap:
        for place, wish in enumerate(wishes):
            if gap and low <= wish + step <= high:
                wishes[place] += step
                gap -= step
    return wishes


def late_probability(habit: float, lines: int) -> float:
    """Of an invoice with so many lines, where habit is the account's own log-odds at 5.5 lines."""
    return 1 / (1 + math.exp(-(habit + 0.85 * (lines - 5.5))))


def days_to_pay(chance: Chance, late: bool) -> int:
    """From the issue to the payment: most who are punctual pay in the last days that are."""
    if late:
        return chance.between(TERMS_DAYS + 1, 2 * TERMS_DAYS)
    return chance.between(TERMS_DAYS - 5, TERMS_DAYS) if chance.random() < 0.9 else chance.between(0, TERMS_DAYS - 6)


def block_of_sales(block: int, sku_ids: list[str]) -> tuple[list[Row], list[Row], list[Row]]:
    """Accounts, invoices and line items of one block: ACCOUNTS, INVOICES and LINES rows."""
    chance = Chance(SEED, "sales", block)
    accounts: list[Row] = []
    invoices: list[Row] = []
    lines: list[Row] = []
    trading = ACCOUNTS - ACCOUNTS_WITHOUT_INVOICES
    invoices_of_account = (
        shared_out(INVOICES, [chance.between(1, 99) for _ in range(trading)], low=1, high=140)
        + [0] * ACCOUNTS_WITHOUT_INVOICES
    )
    lines_of_invoice = iter(
        shared_out(LINES, [chance.between(MIN_LINES, MAX_LINES) for _ in range(INVOICES)], MIN_LINES, MAX_LINES)
    )

    for offset, invoice_count in enumerate(invoices_of_account):
        account_id = block * ACCOUNTS + offset + 1
        is_new = chance.random() < SHARE_OF_NEW_ACCOUNTS
        joined = chance.day(FIRST_ISSUE, LAST_ISSUE) if is_new else chance.day(FIRST_JOINING, LAST_OLD_JOINING)
        habit = 1.2 if chance.random() < SHARE_OF_LATE_PAYERS else -6.5 + 4.5 * chance.random()
        accounts.append(
            (
                account_id,
                company_name(chance),
                address(chance),
                f"{chance.pick(FIRST_NAMES)} {chance.pick(SURNAMES)}",
                phone(chance),
                chance.pick("FM"),
                joined,
            )
        )
        for _ in range(invoice_count):
            invoice_id = block * INVOICES + len(invoices) + 1
            issued = chance.day(max(joined, FIRST_ISSUE), LAST_ISSUE)
            line_count = next(lines_of_invoice)
            late = chance.random() < late_probability(habit, line_count)
            paid = issued + timedelta(days=days_to_pay(chance, late))
            known = paid <= EXTRACTED and chance.random() >= SHARE_NEVER_PAID
            invoices.append((invoice_id, account_id, issued, paid if known else ""))

            items: dict[str, None] = {}
            while len(items) < line_count:
                items[chance.pick(sku_ids)] = None
            lines.extend((invoice_id, item, chance.between(1, 4)) for item in items)
    return accounts, invoices, lines


def write_extracts(directory: Path, scale: int) -> None:
    """Write the four files, each under a temporary name first: a broken run leaves the old files whole."""
    directory.mkdir(parents=True, exist_ok=True)
    sku_ids = [isbn(index) for index in range(scale * SKUS)]
    names = {
        "accounts": ACCOUNT_COLUMNS,
        "skus": SKU_COLUMNS,
        "invoices": INVOICE_COLUMNS,
        "invoice_line_items": LINE_COLUMNS,
    }
    files = {name: open(directory / f".{name}.csv.part", "w", encoding="utf-8", newline="") for name in names}
    try:
        writers = {name: csv.writer(file, lineterminator="\n") for name, file in files.items()}
        for name, columns in names.items():
            writers[name].writerow(columns)
        for block in range(scale):
            accounts, invoices, lines = block_of_sales(block, sku_ids)
            writers["accounts"].writerows(accounts)
            writers["skus"].writerows(skus(block))
            writers["invoices"].writerows(invoices)
            writers["invoice_line_items"].writerows(lines)
    finally:
        for file in files.values():
            file.close()
    for name, file in files.items():
        os.replace(file.name, directory / f"{name}.csv")


def positive(text: str) -> int:
    """The whole number from 1 that an argument holds; ValueError, which argparse puts in words, for any other."""
    if (number := int(text)) < 1:
        raise ValueError
    return number


def main() -> None:
    """Write what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=positive, default=1, help="how many times the real size (default 1)")
    parser.add_argument("--out", type=Path, default=Path("seeds"), help="directory to write to (default seeds)")
    arguments = parser.parse_args()
    write_extracts(arguments.out, arguments.scale)


if __name__ == "__main__":
    main()
