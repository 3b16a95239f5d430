"""frictionless: forms and codes by its schema, stored enrollments and groups by a check of one's own, as its guide shows."""

import csv
from datetime import date
from pathlib import Path

from frictionless import Check, Resource, Schema, errors, system, validate

from bench.make_files import CODES

FIELDS = [
    {"name": "SAUID", "type": "string", "constraints": {"required": True, "pattern": "[0-9]{1,4}"}},
    {"name": "SchoolID", "type": "string", "constraints": {"required": True, "maxLength": 10}},
    {"name": "StateStudentID", "type": "string", "constraints": {"required": True, "pattern": "[0-9]{9}"}},
    {"name": "SchoolStudentID", "type": "string", "constraints": {"maxLength": 10}},
    {"name": "CTECode", "type": "string", "constraints": {"required": True, "enum": list(CODES)}},
    {
        "name": "StartDate",
        "type": "date",
        "constraints": {"required": True, "minimum": "2020-07-01", "maximum": "2021-06-30"},
    },
    {"name": "EndDate", "type": "date", "constraints": {"maximum": "2021-06-30"}},
    {"name": "CreditsEarned", "type": "number", "constraints": {"required": True, "minimum": 0, "maximum": 99.99}},
    {"name": "PostsecondaryCredits", "type": "number", "constraints": {"minimum": 0, "maximum": 99.99}},
]


class StoredCheck(Check):
    """Looks up SAU, school and enrollments, and remembers the group of each row."""

    type = "stored"
    Errors = [errors.RowConstraintError]

    def __init__(self, reference: Path) -> None:
        super().__init__()
        self.saus, self.schools = set(), set()
        for row in csv.DictReader((reference / "organizations.csv").open()):
            if row["Kind"] == "SAU":
                self.saus.add(row["OrganizationID"])
            else:
                self.schools |= {row["OrganizationID"], row["LocalID"]} - {""}
        self.entries, self.primary, self.attending = {}, set(), set()
        for row in csv.DictReader((reference / "enrollments.csv").open()):
            self.attending.add((row["StateStudentID"], row["SAUID"]))
            if row["EnrollmentType"] == "P":
                self.primary.add(row["StateStudentID"])
            else:
                self.entries[row["StateStudentID"], row["SchoolID"]] = date.fromisoformat(row["EntryDate"])
        self.groups = {}

    def validate_row(self, row):
        number, school, start, end = row["StateStudentID"], row["SchoolID"], row["StartDate"], row["EndDate"]
        self.groups[row.row_number] = (number, school, row["CTECode"])
        entry = self.entries.get((number, school))
        is_good = (
            row["SAUID"] in self.saus
            and school in self.schools
            and number in self.primary
            and (number, row["SAUID"]) in self.attending
            and entry is not None
            and (start is None or (entry <= start and (end is None or start <= end)))
        )
        if not is_good:
            yield errors.RowConstraintError.from_row(row, note="does not match what is stored")


def run(file: Path, reference: Path) -> int:
    stored = StoredCheck(reference)
    with system.use_context(trusted=True):
        resource = Resource(path=str(file), schema=Schema.from_descriptor({"fields": FIELDS}))
        report = validate(resource, checks=[stored], limit_errors=10_000_000)
    bad = {error.row_number for error in report.tasks[0].errors if hasattr(error, "row_number")}
    bad_groups = {stored.groups[row] for row in bad if stored.groups[row][2] in CODES}
    return sum(row in bad or group in bad_groups for row, group in stored.groups.items())
