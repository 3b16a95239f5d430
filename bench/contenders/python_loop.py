"""A Python loop over rows with sets and dicts: what one writes first."""

import csv
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

YEAR = (date(2020, 7, 1), date(2021, 6, 30))


def run(file: Path, reference: Path) -> int:
    saus, schools = set(), {}
    for row in csv.DictReader((reference / "organizations.csv").open()):
        if row["Kind"] == "SAU":
            saus.add(row["OrganizationID"])
        else:
            schools[row["OrganizationID"]] = schools[row["LocalID"]] = row
    codes = {row["Code"] for row in csv.DictReader((reference / "cte_codes.csv").open())}
    concurrent, primary, attending = {}, set(), set()
    for row in csv.DictReader((reference / "enrollments.csv").open()):
        attending.add((row["StateStudentID"], row["SAUID"]))
        if row["EnrollmentType"] == "P":
            primary.add(row["StateStudentID"])
        else:
            concurrent[row["StateStudentID"], row["SchoolID"]] = date.fromisoformat(row["EntryDate"])
    rows = list(csv.DictReader(file.open()))
    bad = [not _is_good(row, saus, schools, codes, concurrent, primary, attending) for row in rows]
    bad_groups = {_group(row) for row, is_bad in zip(rows, bad, strict=True) if is_bad and row["CTECode"] in codes}
    return sum(is_bad or _group(row) in bad_groups for row, is_bad in zip(rows, bad, strict=True))


def _group(row: dict[str, str]) -> tuple[str, str, str]:
    return row["StateStudentID"], row["SchoolID"], row["CTECode"]


def _is_good(row, saus, schools, codes, concurrent, primary, attending) -> bool:
    try:
        start = date.fromisoformat(row["StartDate"])
        end = date.fromisoformat(row["EndDate"]) if row["EndDate"] else None
        credits_earned = Decimal(row["CreditsEarned"])
        postsecondary = Decimal(row["PostsecondaryCredits"] or 0)
    except (ValueError, InvalidOperation):
        return False
    number = row["StateStudentID"]
    entry = concurrent.get((number, row["SchoolID"]))
    return (
        row["SAUID"] in saus
        and row["SchoolID"] in schools
        and row["CTECode"] in codes
        and len(number) == 9
        and number in primary
        and (number, row["SAUID"]) in attending
        and entry is not None
        and entry <= start
        and YEAR[0] <= start <= YEAR[1]
        and (end is None or start <= end <= YEAR[1])
        and 0 <= credits_earned < 100
        and 0 <= postsecondary < 100
    )
