"""The numbers that an old EDFacts file is written from: how many students have an outcome, by one category at most."""

import csv
import io
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tidegate.accountability.department.edfacts.profile import Profile
from tidegate.core.errors import Refusal


class Amount(NamedTuple):
    """How many students have the outcomes and, where `column` names a category, its value; else all of them."""

    outcomes: tuple[str, ...]
    column: str
    value: str
    students: int


def read_amounts(profile: Profile, text: str) -> list[Amount]:
    """Return the amounts of a CSV with the columns Category, Value, each outcome of the profile, and Amount.

    Args:
        profile: The layout of the file that they are for.
        text: What the CSV says. Where Category is blank, the amount is of all students.

    Raises:
        Refusal: A column is missing, or an amount is no number.
    """
    rows = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    expected = ["Category", "Value", *profile.outcomes, "Amount"]
    if missing := [name for name in expected if name not in (rows.fieldnames or ())]:
        raise Refusal(
            f"The amounts have no column {missing[0]}",
            fix=f"Begin the file with the line {','.join(expected)}",
            code="NO_SUCH_COLUMN",
        )
    return [_amount(profile, row, number) for number, row in enumerate(rows, 2)]


def check_amounts(profile: Profile, amounts: Sequence[Amount]) -> None:
    """Raise a Refusal where an amount cannot be written, is there twice, or a total is not the sum of its parts."""
    if not profile.table:
        raise Refusal(
            f"File {profile.file} cannot be written, because no source gives the abbreviation of its table",
            fix="Ask the Department for it, and add it to the profile",
            code="NOT_FOUND_IN_SOURCES",
        )
    seen = set()
    for amount in amounts:
        _check(profile, amount)
        if amount[:3] in seen:
            raise Refusal(f"{_said(amount)} is there twice", fix="Delete one of them", code="AMOUNT_TWICE")
        seen.add(amount[:3])
    if differences := list(differences_of(profile, amounts)):
        raise Refusal(
            f"Nothing was written, because a total is not the sum of its parts. {'. '.join(differences)}",
            fix="Correct the amounts",
            code="PARTS_DO_NOT_ADD_UP",
        )


def differences_of(profile: Profile, amounts: Sequence[Amount]) -> Iterator[str]:
    """Yield where the parts of a category are not the total, or a part of another one is more than it."""
    sums: dict[str, dict[tuple[str, ...], int]] = defaultdict(lambda: defaultdict(int))
    for amount in amounts:
        sums[amount.column][amount.outcomes] += amount.students
    totals = sums.pop("", {})
    for column, parts in sums.items():
        of = profile.set_of(column)
        if of is None or not of.adds_up:
            continue
        for outcomes in sorted(totals.keys() | parts.keys()):
            total, added = totals.get(outcomes, 0), parts.get(outcomes, 0)
            if total != added:
                named = " ".join((*outcomes, f"by {column}"))
                yield f"{named}: the parts add up to {added:,}, and the total is {total:,}"
    for amount in amounts:
        if (profile.outcomes or totals) and amount.students > totals.get(amount.outcomes, 0):
            yield f"{_said(amount)}: {amount.students:,} are more than the total of {totals.get(amount.outcomes, 0):,}"


def _check(profile: Profile, amount: Amount) -> None:
    """Raise a Refusal where the profile has no code for what the amount is of."""
    columns = [*profile.outcomes, *([amount.column] if amount.column else [])]
    values = [*amount.outcomes, *([amount.value] if amount.column else [])]
    if amount.column and not profile.is_category(amount.column):
        raise Refusal(
            f"File {profile.file} has no category {amount.column}", fix="Leave it out", code="NO_SUCH_CATEGORY"
        )
    for name, value in zip(columns, values, strict=True):
        column = profile.column(name)
        assert column is not None, "a profile has its outcomes"
        if not column.values:
            raise Refusal(
                f"{name} cannot be written into file {profile.file}, because no source gives its values",
                fix="Leave it out, or ask the Department for the values and add them to the profile",
                code="NOT_FOUND_IN_SOURCES",
            )
        if value not in column.values:
            raise Refusal(
                f'{name} cannot be "{value}" in file {profile.file}',
                fix=f"Choose one of: {', '.join(column.values)}",
                code="NO_SUCH_VALUE",
            )


def _amount(profile: Profile, row: dict[str, str | None], number: int) -> Amount:
    text = (row["Amount"] or "").strip()
    if not (text.isascii() and text.isdigit()) or len(text) > 10:
        raise Refusal(
            f'Amount in row {number} is "{text}", which is no number of students',
            fix="Write a whole number, such as 12; leave the row out where there is no data",
            code="NO_AMOUNT",
        )
    outcomes = tuple((row[name] or "").strip() for name in profile.outcomes)
    return Amount(outcomes, (row["Category"] or "").strip(), (row["Value"] or "").strip(), int(text))


def _said(amount: Amount) -> str:
    return " ".join((*amount.outcomes, amount.column, amount.value)).strip() or "The total"
