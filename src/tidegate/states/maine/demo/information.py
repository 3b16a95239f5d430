"""The rows of the demo's Student Information files: who the students of Rock Star High School are."""

from collections.abc import Sequence

from tidegate.states.maine.demo.organizations import ROCK_STAR, ROCK_STAR_HIGH
from tidegate.states.maine.demo.students import GUIDE_YEAR, DemoStudent, list_students

_Row = Sequence[object]
_RACES = ("WH7", "WH7", "BL7", "WH7", "HI7", "WH7", "AS7", "WH7", "MU7", "AM7", "WH7")
_DISABILITIES = ("NONE", "NONE", "WDIS", "NONE", "NONE", "DISADA")
# Of how many students one is in each special population, in the order of the columns.
_ONE_OF = (3, 7, 23, 29, 9, 31, 37, 13, 41)


def information_rows() -> list[_Row]:
    """Return a good row for each student of the school, also those who came with the Student Enrollment file."""
    return [_row(i, student) for i, student in enumerate(_students())]


def information_mistakes() -> list[_Row]:
    """Return rows with the mistakes that are made most, among good ones."""
    students = _students()
    first, blank, named, born, raced = ([*_row(i, student)] for i, student in enumerate(students[:5]))
    blank[9:] = [""] * 10  # the program writes a blank for no
    named[3] = "Undercover"
    born[6] = "1900-01-01"
    raced[8] = "Purple"
    elsewhere = next(student for student in list_students(GUIDE_YEAR) if student.school.parent_id != ROCK_STAR.id)
    return [first, blank, named, born, raced, _row(5, elsewhere)]


def _students() -> list[DemoStudent]:
    return [student for student in list_students(GUIDE_YEAR) if student.school == ROCK_STAR_HIGH]


def _row(i: int, student: DemoStudent) -> _Row:
    special = ["Y" if i % one_of == 1 else "N" for one_of in _ONE_OF]
    if i % 17 == 5:
        special[-1] = special[0] = ""  # nobody has asked: missing, which is not a no
    return (
        ROCK_STAR.id, student.number, student.school_student_id, student.last_name, student.first_name,
        student.middle_name, student.date_of_birth, student.gender, _RACES[i % len(_RACES)],
        _DISABILITIES[i % len(_DISABILITIES)], *special,
    )  # fmt: skip
