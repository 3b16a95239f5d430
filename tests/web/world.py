"""A small invented state for the tests of the pages: two SAUs without anything in common, and a CTE school."""

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

import polars as pl
from django.utils import timezone

from tidegate.accounts.focus import save_focus
from tidegate.accounts.models import Membership, Person
from tidegate.accounts.roles import CteDirector, DataSpecialist, StateAdministrator, Viewer
from tidegate.core.rules.finding import FINDINGS
from tidegate.records.models import Enrollment, Student, StudentVersion
from tidegate.reference.models import Code, Organization, SchoolYear
from tidegate.states.maine.models import CteRecord
from tidegate.uploads.lifecycle.checking.keep_findings import count_findings, keep_counts
from tidegate.uploads.models import EnrollmentClaim, Finding, Upload

STUDENT = "900000001"
STUDENT_ID = UUID("11111111-1111-4111-8111-111111111111")
STRANGER_ID = UUID("22222222-2222-4222-8222-222222222222")
STRANGER = "900000002"


@dataclass
class World:
    """Everything that the tests speak of, by name."""

    year: SchoolYear
    newer_year: SchoolYear
    rock_star: Organization
    high_school: Organization
    cte_school: Organization
    harbor: Organization
    people: dict[str, Person] = field(default_factory=dict)

    def person(self, role: str) -> Person:
        """Return the person who has that role."""
        return self.people[role]

    def send(self, organization: Organization | None = None, **fields) -> Upload:
        """Return an upload as if it had been sent and processed, without a file in the store."""
        usual = {
            "file_type": "cte",
            "file_name": "cte.csv",
            "organization": organization or self.rock_star,
            "school_year": self.year,
            "sent_by": self.person("data specialist"),
            "sent_at": timezone.now(),
            "state": "finished",
            "byte_count": 900,
            "sha256": "ab" * 32,
            "row_count": 3,
            "success_count": 1,
            "error_count": 2,
            "warning_count": 0,
            "notice_count": 1,
        }
        return Upload.objects.create(**usual | fields)

    def find(self, upload: Upload, **fields) -> Finding:
        """Return a finding of the upload."""
        usual = {
            "row": 2,
            "column": "CTECode",
            "code": "CTE403",
            "severity": "error",
            "value": "43",
            "message": 'Unable to resolve CTE Code "43"',
            "sau_id": "1000",
            "school_id": "2001",
            "student_number": STUDENT,
        }
        finding = Finding.objects.create(upload=upload, **usual | fields)
        shaped = pl.DataFrame([{name: getattr(finding, name) for name in FINDINGS}], schema=FINDINGS)
        keep_counts(upload, count_findings(shaped))
        return finding

    def claim(self, student: str = STUDENT, **fields) -> EnrollmentClaim:
        """Return what Harbor says, in an upload with these fields: it has a student of Rock Star from October on."""
        sent = self.send(self.harbor, sent_by=self.person("specialist elsewhere"), **fields)
        return EnrollmentClaim.objects.create(
            student_id=student,
            school_year=self.year,
            sau=self.harbor,
            school=self.harbor,
            entry_date=date(2020, 10, 1),
            upload=sent,
            since=timezone.now(),
        )


def build_world() -> World:
    """Return the small state, stored."""
    years = [SchoolYear.objects.get_or_create(first=first, name=f"{first}-{first + 1}")[0] for first in (2020, 2026)]
    rock_star = _organization(1000, "Rock Star Public Schools", "SAU")
    capital = _organization(2000, "Capital Public Schools", "SAU")
    world = World(
        year=years[0],
        newer_year=years[1],
        rock_star=rock_star,
        high_school=_organization(1001, "Rock Star High School", "School", rock_star),
        cte_school=_organization(2001, "Capital Area Technical Center", "CTE School", capital),
        harbor=_organization(3000, "Harbor Public Schools", "SAU"),
    )
    _add_people(world)
    _add_records(world)
    Code.objects.create(list_name="cte_codes", code="01.0205", title="Agricultural Mechanics")
    Code.objects.create(list_name="cte_codes", code="99.9999", title="Long gone", last_year=2010)
    return world


def _organization(number: int, name: str, kind: str, parent: Organization | None = None) -> Organization:
    return Organization.objects.create(id=number, name=name, kind=kind, parent=parent)


def _add_people(world: World) -> None:
    held = {
        "state administrator": (StateAdministrator, None),
        "data specialist": (DataSpecialist, world.rock_star),
        "CTE director": (CteDirector, world.cte_school),
        "viewer": (Viewer, world.rock_star),
        "specialist elsewhere": (DataSpecialist, world.harbor),
        "nobody": (None, None),
    }
    for name, (role, organization) in held.items():
        person = Person.objects.create_user(
            f"{name.replace(' ', '.')}@example.org", "a long password", name=name.title()
        )
        world.people[name] = person
        if role is not None:
            Membership.objects.create(person=person, role=role.slug, organization=organization)
            save_focus(by=person, school_year=world.year, organization=organization)


def _add_records(world: World) -> None:
    for number, public_id, name in ((STUDENT, STUDENT_ID, "Quill"), (STRANGER, STRANGER_ID, "Stranger")):
        Student.objects.create(number=number, public_id=public_id)
        StudentVersion.objects.create(
            student_id=number, last_name=name, first_name="Rowan", date_of_birth=date(2004, 3, 9)
        )
    usual = {"school_year": world.year, "grade_level": "11", "entry_date": date(2020, 9, 1), "start_status": "02"}
    here, there = {"sau": world.rock_star, "school": world.high_school}, {"sau": world.harbor, "school": world.harbor}
    at_cte_school = {"sau": world.cte_school.parent, "school": world.cte_school}
    Enrollment.objects.create(student_id=STUDENT, enrollment_type="P", **usual, **here)
    Enrollment.objects.create(student_id=STUDENT, enrollment_type="C", **usual, **at_cte_school)
    Enrollment.objects.create(student_id=STRANGER, enrollment_type="P", **usual, **there)
    CteRecord.objects.create(
        student_id=STUDENT,
        school_year=world.year,
        cte_code="01.0205",
        start_date=date(2020, 9, 2),
        credits_earned="1.50",
        **at_cte_school,
    )


def add_leavers(world: World, count: int) -> None:
    """Store students of Rock Star with a line of the CTE school who graduated in December."""
    students = [Student(number=str(910_000_000 + number)) for number in range(count)]
    Student.objects.bulk_create(students)
    StudentVersion.objects.bulk_create(
        StudentVersion(student=student, last_name="Leaver", first_name="Lee") for student in students
    )
    usual = {"school_year": world.year, "sau": world.rock_star, "school": world.high_school, "enrollment_type": "P"}
    days = {"entry_date": date(2020, 9, 1), "exit_date": date(2020, 12, 18), "exit_type": "15"}
    Enrollment.objects.bulk_create(Enrollment(student=student, **usual, **days) for student in students)
    line = {"school_year": world.year, "sau": world.cte_school.parent, "school": world.cte_school}
    line |= {"cte_code": "01.0205", "start_date": date(2020, 9, 2), "credits_earned": "1.50"}
    CteRecord.objects.bulk_create(CteRecord(student=student, **line) for student in students)
