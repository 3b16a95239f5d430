"""The demo state's students: invented names, and numbers that begin with 9000, which the state does not give."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from tidegate.core.layouts.school_year import SchoolYear
from tidegate.states.maine.demo.organizations import (
    CAPITAL_AREA,
    CAPITAL_CITY_HIGH,
    OTHER_CTE_SCHOOLS,
    OTHER_HIGHS,
    ROCK_STAR_HIGH,
    ROCK_STAR_MIDDLE,
    DemoOrganization,
)

GUIDE_YEAR = SchoolYear(2020)
"""The year that the guide walks through."""
NEWCOMER_COUNT = 12
"""Students of the guide's year who have no enrollment until the demo's Student Enrollment file brings it."""

_FIRST_NAMES = (
    "Aria", "Banjo", "Cadence", "Dulcie", "Etude", "Fanfare", "Gig", "Harmony", "Io", "Jingle", "Kazoo", "Lyric",
    "Melody", "Nocturne", "Opus", "Piccolo", "Quaver", "Reed", "Sonata", "Tempo", "Ukulele", "Viola", "Whistle",
)  # fmt: skip
_LAST_NAMES = (
    "Amplifier", "Backbeat", "Crescendo", "Downbeat", "Encore", "Falsetto", "Glissando", "Headliner", "Interlude",
    "Jukebox", "Keytar", "Limelight", "Metronome", "O'Octave", "Powerchord", "Roadie", "Setlist", "Tour-Bus",
    "Vibrato", "Woofer",
)  # fmt: skip
_GENDERS = "FMFMFMFMX"
_MONTHS, _DAYS = 12, 28
FIRST_CTE_GRADE = 11


@dataclass(frozen=True)
class DemoStudent:
    """One student, with the school, the grade in the year of their cohort, and the CTE school,
    if there is one."""

    number: str
    last_name: str
    first_name: str
    middle_name: str
    date_of_birth: date
    gender: str
    school: DemoOrganization
    grade: int
    cte_school: DemoOrganization | None
    is_newcomer: bool = False

    @property
    def school_student_id(self) -> str:
        """The number in the local SIS."""
        return f"L{self.number[-5:]}"


def list_students(school_year: SchoolYear) -> list[DemoStudent]:
    """Return the cohort of a year: the guide's, or the current one's. The same every time."""
    is_guide_year = school_year == GUIDE_YEAR
    start = 1 if is_guide_year else 501
    seats = list(_seats())
    staying = [_student(start + i, seat, school_year) for i, seat in enumerate(seats)]
    if not is_guide_year:
        return staying
    new = [
        _student(start + len(seats) + i, seat, school_year, is_newcomer=True)
        for i, seat in enumerate(_newcomer_seats())
    ]
    return [*staying, *new]


_Seat = tuple[DemoOrganization, int, DemoOrganization | None]


def _seats() -> Iterator[_Seat]:
    """Yield school, grade and CTE school of each student. Those who go to a CTE school are in grade 11 or 12."""
    cte_near_rock_star = (CAPITAL_AREA, CAPITAL_AREA, CAPITAL_AREA, OTHER_CTE_SCHOOLS[12], None)
    for i in range(60):
        grade = 9 + i % 4
        yield ROCK_STAR_HIGH, grade, cte_near_rock_star[i // 4 % 5] if grade >= FIRST_CTE_GRADE else None
    for i in range(15):
        yield ROCK_STAR_MIDDLE, 6 + i % 3, None
    for i in range(30):
        grade = 9 + i % 4
        yield CAPITAL_CITY_HIGH, grade, CAPITAL_AREA if grade >= FIRST_CTE_GRADE and i % 3 else None
    for i in range(44):
        grade = 9 + i // 4 % 4
        cte_school = OTHER_CTE_SCHOOLS[i % len(OTHER_CTE_SCHOOLS)] if grade >= FIRST_CTE_GRADE else None
        yield OTHER_HIGHS[i % 4], grade, cte_school


def _newcomer_seats() -> Iterator[_Seat]:
    for i in range(NEWCOMER_COUNT):
        yield ROCK_STAR_HIGH, FIRST_CTE_GRADE + i % 2, CAPITAL_AREA if i % 6 else None


def _student(i: int, seat: _Seat, school_year: SchoolYear, *, is_newcomer: bool = False) -> DemoStudent:
    school, grade, cte_school = seat
    return DemoStudent(
        number=f"9000{i:05d}",
        last_name=_LAST_NAMES[i % len(_LAST_NAMES)],
        first_name=_FIRST_NAMES[i * 7 % len(_FIRST_NAMES)],
        middle_name=_FIRST_NAMES[i * 5 % len(_FIRST_NAMES)] if i % 3 == 0 else "",
        date_of_birth=date(school_year.first - grade - 6, 1 + i % _MONTHS, 1 + i * 11 % _DAYS),
        gender=_GENDERS[i % len(_GENDERS)],
        school=school,
        grade=grade,
        cte_school=cte_school,
        is_newcomer=is_newcomer,
    )
