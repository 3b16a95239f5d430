"""Writes an old EDFacts file with fixed positions, and reads one back: its lengths, its values and its totals."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from tidegate.accountability.department.edfacts.amounts import Amount, check_amounts, differences_of
from tidegate.accountability.department.edfacts.profile import (
    AGENCY,
    AMOUNT,
    RECORD_NUMBER,
    STATE,
    TABLE,
    TOTAL,
    Profile,
)
from tidegate.core.errors import Refusal

HEADER = (
    ("FileType", 1, 50),
    ("TotalRecords", 51, 60),
    ("FileName", 61, 85),
    ("FileIdentifier", 86, 117),
    ("FileReportingPeriod", 118, 126),
    ("Filler", 127, 584),
)
"""The columns of the first line by their positions; with the end of the line it has 586 characters."""
_HEADER_LENGTH = HEADER[-1][2]
_END = "\r\n"


class FileHead(NamedTuple):
    """What whoever writes a file has to say, since no source that we found does.

    Attributes:
        file_type: What the header names the kind of file.
        file_name: The file's name in the header.
        file_identifier: Any text by which the state knows the file again.
        reporting_period: The school year, such as `2020-2021`.
        state_code: The FIPS code of the state.
        agency: The number of the state's agency.
        of_part: The total indicator of a record of a category set.
        of_total: The total indicator of a subtotal or total.
    """

    file_type: str
    file_name: str
    file_identifier: str
    reporting_period: str
    state_code: str
    agency: str
    of_part: str
    of_total: str


class FileCheck(NamedTuple):
    """What a file says: its header, its records by the names of the columns, and what is wrong with it."""

    header: dict[str, str]
    records: list[dict[str, str]]
    problems: list[str]


def write_file(profile: Profile, head: FileHead, amounts: Sequence[Amount]) -> bytes:
    """Return the file: a header, a record for each amount, and the total.

    Args:
        profile: The layout of the file.
        head: What stands in the header and in every record.
        amounts: The numbers: of all students by outcome (the subtotals), and by each value of each category.

    Raises:
        Refusal: An amount cannot be written, or a total is not the sum of its parts.
    """
    check_amounts(profile, amounts)
    records = list(_records(profile, head, amounts))
    named = {
        "FileType": head.file_type,
        "TotalRecords": str(len(records)),
        "FileName": head.file_name,
        "FileIdentifier": head.file_identifier,
        "FileReportingPeriod": head.reporting_period,
    }
    lines = ["".join(_cell(name, named.get(name, ""), last - first + 1) for name, first, last in HEADER)]
    for number, record in enumerate(records, 1):
        cells = record | {RECORD_NUMBER: str(number)}
        lines.append(
            "".join(
                _cell(column.name, "" if column.is_filler else cells.get(column.name, ""), column.length)
                for column in profile.columns
            )
        )
    return "".join(f"{line}{_END}" for line in lines).encode("ascii")


def read_file(profile: Profile, content: bytes) -> FileCheck:
    """Read a file by the positions of a profile, and say what is wrong with it.

    Args:
        profile: The layout that the file should have.
        content: The file.

    Returns:
        The header, the records, and the problems, in the order of the lines.
    """
    text = content.decode("latin-1")
    first, *lines = text.split(_END)
    problems = [] if lines and lines[-1] == "" else ["The last line has no end (CR LF)"]
    lines = lines[:-1] if lines and lines[-1] == "" else lines
    if len(first) != _HEADER_LENGTH:
        problems.append(f"The header has {len(first)} characters before its end; it must have {_HEADER_LENGTH}")
    header = {name: first[begin - 1 : end].strip() for name, begin, end in HEADER if name != "Filler"}
    if header["TotalRecords"] != str(len(lines)):
        problems.append(f'TotalRecords is "{header["TotalRecords"]}", and the file has {len(lines)} records')
    records = [_cells(profile, line) for line in lines]
    for number, (line, record) in enumerate(zip(lines, records, strict=True), 1):
        problems += [f"Record {number}: {said}" for said in _problems(profile, line, record, number)]
    if not problems:
        problems += _wrong_totals(profile, records)
    return FileCheck(header, records, problems)


def _records(profile: Profile, head: FileHead, amounts: Sequence[Amount]) -> Iterator[dict[str, str]]:
    """Yield the cells of each record: the category sets in order, the subtotals, the total."""
    frame = {STATE: head.state_code, AGENCY: head.agency, TABLE: profile.table}
    order = {each.column: at for at, each in enumerate(profile.category_sets)} | {"": len(profile.category_sets)}
    for amount in sorted(amounts, key=lambda each: order[each.column]):
        cells = dict(zip(profile.outcomes, amount.outcomes, strict=True))
        if amount.column:
            cells[amount.column] = amount.value
        indicator = head.of_part if amount.column else head.of_total
        yield frame | cells | {TOTAL: indicator, AMOUNT: str(amount.students)}
    if profile.has_total and profile.outcomes:
        total = sum(amount.students for amount in amounts if not amount.column)
        yield frame | {TOTAL: head.of_total, AMOUNT: str(total)}


def _cell(name: str, text: str, length: int) -> str:
    """Return a text in its width, at the left. Raises a Refusal where it does not fit, or has other characters."""
    if len(text) > length or not text.isascii() or not text.isprintable():
        raise Refusal(
            f'{name} has {length} plain characters, into which "{text}" does not fit',
            fix="Write a shorter text, without accents",
            code="DOES_NOT_FIT",
        )
    return text.ljust(length)


def _cells(profile: Profile, line: str) -> dict[str, str]:
    return {
        column.name: line[column.first - 1 : column.last].strip() for column in profile.columns if not column.is_filler
    }


def _problems(profile: Profile, line: str, record: Mapping[str, str], number: int) -> Iterator[str]:
    """Yield what is wrong with one record."""
    if len(line) != profile.record_length:
        yield f"it has {len(line)} characters; it must have {profile.record_length}"
        return
    if record[RECORD_NUMBER] != str(number):
        yield f'FileRecordNumber is "{record[RECORD_NUMBER]}"'
    if profile.table and record[TABLE] != profile.table:
        yield f'TableTypeAbbrv is "{record[TABLE]}"; it must be "{profile.table}"'
    if not record[AMOUNT].isdigit():
        yield f'Amount is "{record[AMOUNT]}", which is no number'
    yield from _wrong_values(profile, line, record)
    if len(filled := [each.column for each in profile.category_sets if record[each.column]]) > 1:
        yield f"{' and '.join(filled)} are crossed"


def _wrong_values(profile: Profile, line: str, record: Mapping[str, str]) -> Iterator[str]:
    """Yield which values a record must not have where they stand."""
    for column in profile.columns:
        if column.is_filler and line[column.first - 1 : column.last].strip():
            yield f"{column.first} to {column.last} must be blank"
        elif column.values and record[column.name] and record[column.name] not in column.values:
            yield f'{column.name} is "{record[column.name]}", which is none of: {", ".join(column.values)}'


def _wrong_totals(profile: Profile, records: Sequence[Mapping[str, str]]) -> Iterator[str]:
    """Yield where a subtotal is not the sum of its parts, and where the total is not that of the subtotals."""
    amounts, totals = [], []
    for record in records:
        outcomes = tuple(record[name] for name in profile.outcomes)
        column = next((each.column for each in profile.category_sets if record[each.column]), "")
        if profile.outcomes and not any(outcomes) and not column:
            totals.append(int(record[AMOUNT]))
        else:
            amounts.append(Amount(outcomes, column, record.get(column, ""), int(record[AMOUNT])))
    yield from differences_of(profile, amounts)
    added = sum(amount.students for amount in amounts if not amount.column)
    yield from (f"The total is {total:,}, and the subtotals add up to {added:,}" for total in totals if total != added)
