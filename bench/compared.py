"""What two contenders found and loaded, compared before their times are."""

import csv
from collections import Counter
from pathlib import Path

import psycopg

from bench.contenders.postgres_copy import TABLES

Finding = tuple[int, str, str]
"""Row, column and code."""
_ABOUT_THE_FILE = "FILE"
_HELD = 5


def of_full_log(path: Path) -> Counter[Finding]:
    """Return the findings about rows in the full log of `tidegate check`, as CSV."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = csv.DictReader(file)
        rows = ((line["Row"], line["Column"], line["Code"]) for line in lines if line["Row"])
        return Counter((int(row), column, code) for row, column, code in rows if not code.startswith(_ABOUT_THE_FILE))


def of_duckdb(path: Path) -> Counter[Finding]:
    """Return the findings that the DuckDB script has written."""
    with path.open(newline="") as file:
        return Counter((int(line["row"]), line["column"], line["code"]) for line in csv.DictReader(file))


def refused(found: Counter[Finding], *, notices: tuple[str, ...] = ("ENR302", "CELL112")) -> set[int]:
    """Return the rows that are not loaded."""
    return {row for row, _, code in found if code not in notices}


def without_columns(found: Counter[Finding]) -> Counter[Finding]:
    """Return the findings by row and code: a later build may have another column named by a rule across rows."""
    merged: Counter[Finding] = Counter()
    for (row, _, code), count in found.items():
        merged[row, "", code] += count
    return merged


def check_same_as_build(found: Counter[Finding], other: Counter[Finding]) -> int:
    """Return how many rows both builds refuse; see `check_same`."""
    return check_same("this build", without_columns(found), "the other build", without_columns(other))


def check_same(name: str, found: Counter[Finding], other_name: str, other: Counter[Finding]) -> int:
    """Return how many rows both refuse.

    Raises:
        SystemExit: They refuse other rows, or do not say the same of them. Their times are not worth comparing.
    """
    rows, other_rows = refused(found), refused(other)
    if rows != other_rows:
        only, lacks = sorted(rows - other_rows)[:_HELD], sorted(other_rows - rows)[:_HELD]
        raise SystemExit(f"{name} alone refuses rows {only}, {other_name} alone {lacks}: no times are compared")
    if found != other:
        only_found, only_other = (sorted(each)[:_HELD] for each in (found - other, other - found))
        raise SystemExit(f"{name} alone finds {only_found}, {other_name} alone {only_other}: no times are compared")
    return len(rows)


def loaded(url: str, file_type: str) -> tuple[int, int]:
    """Return how many records are on file and a number computed from all their cells, whatever their order."""
    table, columns = TABLES[file_type][0].split(" (", 1)
    cells = ", ".join(name.strip() for name in columns.rstrip(")").split(",") if "brought_" not in name)
    asked = f"SELECT count(*), coalesce(sum(hashtextextended(ROW({cells})::text, 0)), 0) FROM {table} WHERE replaced_at IS NULL"
    with psycopg.connect(url) as connection:
        count, number = connection.execute(asked).fetchone() or (0, 0)
        return int(count), int(number)


def check_same_load(before: tuple[int, int], loads: dict[str, tuple[int, int]]) -> int:
    """Return how many records were loaded.

    Raises:
        SystemExit: Nothing was loaded, or not the same by all.
    """
    if len(set(loads.values())) > 1:
        raise SystemExit(f"Not the same was loaded (records and a number of their cells): {loads}")
    count = next(iter(loads.values()))[0] - before[0]
    if count <= 0:
        raise SystemExit(f"Nothing was loaded: {loads}, before {before}")
    return count
