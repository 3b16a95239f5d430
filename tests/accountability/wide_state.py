"""Random small states with all that a count has to stand: students of two senders, earlier versions, every special
population with its blanks, lines of codes that have ended."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import msgspec
from django.utils import timezone

from tidegate.accountability.definitions.definition import DefinitionFile, find_definition
from tidegate.records.models import Enrollment, Student, StudentVersion
from tidegate.reference.models import Code, Organization, SchoolYear
from tidegate.states.maine.models import CteOutcome, CteRecord, StudentInformation

YEAR = 2020
YEARS = (2018, 2019, YEAR)
INFORMATION = StudentInformation.counted_by
"""The columns of Student Information by what students are counted by."""
PROGRAMS = ("01.0205", "43.0103", "43.0107", "43.0203", "47.0604")
SAUS, CENTERS = (1000, 2000, 3000), (1002, 2002, 3002)
CREDITS = ("0", "0.5", "0.75", "1", "1.5", "2")
PLACEMENTS = ("POSTSEC", "EMPLOYMENT", "NOTPLACED", "UNKNOWN", "")
EXIT_TYPES = ("15", "15", "15", "16", "20", "03")
_REPLACED = {"replaced_at": timezone.now()}


class WideState:
    """A random small state in the database."""

    def __init__(self, seed: int, *, students: int = 60) -> None:
        self.random = random.Random(seed)
        for first in YEARS:
            SchoolYear.objects.create(first=first, name=f"{first}-{first + 1}")
        for sau in SAUS:
            parent = Organization.objects.create(id=sau, name=f"SAU {sau}", kind="SAU")
            Organization.objects.create(id=sau + 1, name=f"High {sau}", kind="School", parent=parent)
            Organization.objects.create(id=sau + 2, name=f"Center {sau}", kind="CTE School", parent=parent)
        # A code may have ended before the year, and in it.
        lasts = (None, None, YEAR - 1, YEAR, None)
        Code.objects.bulk_create(
            Code(list_name="cte_codes", code=code, title=f"Program {code}", last_year=last)
            for code, last in zip(PROGRAMS, lasts, strict=True)
        )
        self.kept: list = []
        for number in range(students):
            self._add(f"9000{number:05d}")
        for model in (Student, StudentVersion, Enrollment, CteRecord, CteOutcome, StudentInformation):
            model.objects.bulk_create(each for each in self.kept if type(each) is model)

    def _add(self, number: str) -> None:
        rng = self.random
        self.kept.append(Student(number=number))
        for is_old in (True, False):
            more = _REPLACED if is_old else {}
            named = {"last_name": f"Of {number}", "first_name": "A", "gender": rng.choice(("F", "M", "X", ""))}
            self.kept.append(StudentVersion(student_id=number, **named, **more))
        last, grade = rng.choice((YEAR - 1, YEAR, YEAR, YEAR)), rng.randint(9, 12)
        for year in range(rng.choice((last - 1, last, YEARS[0])), last + 1):
            self._add_year(number, year, f"{grade:02d}", is_last=year == last)
            grade = min(grade + 1, 12)

    def _add_year(self, number: str, year: int, grade: str, *, is_last: bool) -> None:
        rng = self.random
        of = {"student_id": number, "school_year_id": year}
        for sau, entry, left_on, exit_type in self._stays(year, is_last=is_last):
            named = {"sau_id": sau, "school_id": sau + 1, "enrollment_type": "P"}
            level = rng.choice((grade, grade, ""))
            days = {"entry_date": entry, "exit_date": left_on, "exit_type": exit_type}
            self.kept.append(Enrollment(**of, **named, **days, grade_level=level))
            self.kept.append(Enrollment(**of, **named, **days, grade_level="09", **_REPLACED))
        for center in rng.sample(CENTERS, rng.choice((0, 1, 1, 2))):
            entry = date(year, 9, 1) + timedelta(rng.choice((0, 0, 30, 60)))
            left_on = rng.choice([None, None, entry, entry + timedelta(30)])
            named = {"sau_id": rng.choice(SAUS), "school_id": center, "enrollment_type": "C", "grade_level": grade}
            self.kept.append(Enrollment(**of, **named, entry_date=entry, exit_date=left_on))
            self._add_lines(of, center)
        if rng.random() < 0.3:  # a line of a school at which nobody enrolled the student
            self._add_lines(of, rng.choice(CENTERS))
        self._add_information(of)

    def _stays(self, year: int, *, is_last: bool) -> Iterator[tuple[int, date, date | None, str]]:
        """Yield the primary enrollments of a year: one, or two of which another district has sent the second."""
        rng, entry = self.random, date(year, 9, 1)
        if rng.random() < 0.1:
            return
        first, second = rng.sample(SAUS, 2)
        if rng.random() < 0.3:
            moved = rng.choice((date(year, 9, 1), date(year, 9, 28), date(year, 10, 1), date(year + 1, 1, 11)))
            yield first, entry, moved, "20"
            entry, first = moved, second
        ends = [date(year, 12, 18), date(year + 1, 1, 22), date(year + 1, 3, 31), date(year + 1, 6, 11), None]
        left_on = rng.choice([each for each in ends if each is None or each > entry]) if is_last else None
        yield first, entry, left_on, rng.choice(EXIT_TYPES) if left_on else ""

    def _add_lines(self, of: dict, center: int) -> None:
        rng = self.random
        for code in rng.choices(PROGRAMS, k=rng.choice((0, 1, 2, 3))):
            start = date(of["school_year_id"], 9, 2) + timedelta(rng.choice((0, 0, 40)))
            line = {"sau_id": rng.choice(SAUS), "school_id": center, "cte_code": code, "start_date": start}
            line["end_date"] = rng.choice((None, None, start, start + timedelta(45)))
            earned = {"credits_earned": Decimal(rng.choice(CREDITS)), "postsecondary_credits": rng.choice((None, 0, 3))}
            self.kept.append(CteRecord(**of, **line, **earned))
            if rng.random() < 0.3:
                self.kept.append(CteRecord(**of, **line, credits_earned=4, postsecondary_credits=9, **_REPLACED))
        taught = {each.cte_code for each in self.kept if type(each) is CteRecord and self._is_at(each, of, center)}
        given = {each.cte_code for each in self.kept if type(each) is CteOutcome and self._is_at(each, of, center)}
        for code in sorted(taught - given):
            if rng.random() < 0.5:
                said = {"credential": rng.choice(("", "A")), "work_based_learning": rng.choice(("", "Other"))}
                placed = {"placement": rng.choice(PLACEMENTS)}
                at = {"sau_id": rng.choice(SAUS), "school_id": center, "cte_code": code}
                self.kept.append(CteOutcome(**of, **at, **said, **placed))

    @staticmethod
    def _is_at(line, of: dict, center: int) -> bool:
        return (line.student_id, line.school_year_id, line.school_id) == (*of.values(), center)

    def _add_information(self, of: dict) -> None:
        """Add what one district has said and another has replaced, now and then."""
        rng = self.random
        if rng.random() < 0.15:
            return
        columns = [StudentInformation._meta.get_field(name) for name in INFORMATION.values()]
        for more in (_REPLACED, {}):
            said = {each.name: rng.choice([value for value, _ in each.choices]) for each in columns}
            named = {"last_name": "A", "first_name": "B", "date_of_birth": date(2004, 1, 1), "sau_id": rng.choice(SAUS)}
            self.kept.append(StudentInformation(**of, **named, **said, **more))

    def definition(self) -> DefinitionFile:
        """Return a random definition, with programs in which a gender is underrepresented."""
        rng, unit = self.random, self.random.choice(("record", "credits"))
        given = find_definition("2020-2021").file
        return msgspec.structs.replace(
            given,
            course_unit=unit,
            credits_per_course=Decimal(rng.choice(("0.01", "0.75", "1") if unit == "record" else ("0.5", "1", "1.25"))),
            courses_needed=rng.choice((1, 2, 2, 3)),
            program_key=rng.choice(("code", "cip-6", "cip-4", "cip-2")),
            grades=rng.choice(((), (), ("11", "12"), ("12",))),
            sticky=rng.random() < 0.7,
            base=rng.choice(("school-year", "count-day")),
            nontraditional={"F": ("43.0103", "47.0604"), "M": ("01.0205",)},
        )

    def change_everything(self) -> None:
        """Rename and move organizations, end codes, change people, and take all lines from file."""
        Organization.objects.filter(parent=None).update(name="Renamed")
        for sau in SAUS:
            Organization.objects.filter(pk=sau + 2).update(
                name="Moved", parent_id=self.random.choice(SAUS), kind="School"
            )
        Code.objects.update(title="Ended", last_year=2018)
        StudentVersion.objects.update(gender="X")
        for model in (Enrollment, CteRecord, CteOutcome, StudentInformation):
            model.objects.all().delete()
