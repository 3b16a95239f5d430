"""frictionless, which checks forms, codes and one foreign key; it knows no enrollments by date and no groups."""

from pathlib import Path

from frictionless import Resource, Schema, system, validate

from bench.make_files import CODES

FIELDS = [
    {"name": "SAUID", "type": "string", "constraints": {"required": True, "pattern": "[0-9]{1,4}"}},
    {"name": "SchoolID", "type": "string", "constraints": {"required": True, "maxLength": 10}},
    {"name": "StateStudentID", "type": "string", "constraints": {"required": True, "pattern": "[0-9]{9}"}},
    {"name": "SchoolStudentID", "type": "string", "constraints": {"maxLength": 10}},
    {"name": "CTECode", "type": "string", "constraints": {"required": True, "enum": list(CODES)}},
    {"name": "StartDate", "type": "date", "constraints": {"minimum": "2020-07-01", "maximum": "2021-06-30"}},
    {"name": "EndDate", "type": "date", "constraints": {"maximum": "2021-06-30"}},
    {"name": "CreditsEarned", "type": "number", "constraints": {"minimum": 0, "maximum": 99.99}},
    {"name": "PostsecondaryCredits", "type": "number", "constraints": {"minimum": 0, "maximum": 99.99}},
]


def run(file: Path, reference: Path) -> int:
    with system.use_context(trusted=True):
        resource = Resource(path=str(file), schema=Schema.from_descriptor({"fields": FIELDS}))
        report = validate(resource, limit_errors=10_000_000)
    return len({error.row_number for error in report.tasks[0].errors if hasattr(error, "row_number")})
