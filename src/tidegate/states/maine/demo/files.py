"""The demo's upload files: a New State ID file, a Student Enrollment file, CTE files of two years that rest on it, and
files of Student Information and CTE Outcome."""

import csv
from collections.abc import Iterable, Sequence
from itertools import cycle
from pathlib import Path
from typing import NamedTuple

from tidegate.core.layouts.school_year import SchoolYear
from tidegate.demo import DemoFile
from tidegate.states.maine.demo.cte_codes import CTE_CODES
from tidegate.states.maine.demo.enrollments import list_enrollments
from tidegate.states.maine.demo.information import information_mistakes, information_rows
from tidegate.states.maine.demo.organizations import CAPITAL_AREA, CAPITAL_CITY_HIGH, ROCK_STAR, ROCK_STAR_HIGH
from tidegate.states.maine.demo.students import FIRST_CTE_GRADE, GUIDE_YEAR, DemoStudent, list_students

NEW_STATE_ID_HEADER = (
    "SAUID", "SchoolStudentID", "LastName", "FirstName", "MiddleName", "Suffix", "DateOfBirth", "Gender", "GradeLevel",
)  # fmt: skip
ENROLLMENT_HEADER = (
    "SAUID", "SchoolID", "StateStudentID", "SchoolStudentID", "EnrollmentType", "GradeLevel", "EntryDate",
    "StartStatus", "ResidentSAUID", "ResidentTownCode", "ExitDate", "ExitType", "Comments",
)  # fmt: skip
CTE_HEADER = (
    "SAUID", "SchoolID", "StateStudentID", "SchoolStudentID", "CTECode", "StartDate", "EndDate", "CreditsEarned",
    "PostsecondaryCredits",
)  # fmt: skip
INFORMATION_HEADER = (
    "SAUID", "StateStudentID", "SchoolStudentID", "LastName", "FirstName", "MiddleName", "DateOfBirth", "Gender",
    "RaceEthnicity", "DisabilityStatus", "EconomicallyDisadvantaged", "NontraditionalField", "SingleParent",
    "OutOfWorkforce", "EnglishLearner", "Homeless", "FosterCare", "ParentOnActiveDuty", "Migratory",
)  # fmt: skip
OUTCOME_HEADER = (
    "SAUID", "SchoolID", "StateStudentID", "SchoolStudentID", "CTECode", "Credential", "CredentialDate",
    "WorkBasedLearning", "Placement",
)  # fmt: skip
_TOWN = "901"  # invented
_PROGRAMS = ("47.0604", "51.0904", "12.0503", "46.0302", "43.0107", "15.1301")
_OTHER_PROGRAM = "43.0103"
_CREDITS_OF_LAST_YEAR = ("1.00", "0.25", "2.00")
_Row = Sequence[object]


class DemoFiles(NamedTuple):
    """The files in the order of sending. The others rest on the enrollments that the second one brings, and CTE Outcome
    on the CTE lines."""

    new_state_id: DemoFile
    student_enrollment: DemoFile
    cte: DemoFile
    cte_two_errors: DemoFile
    cte_mixed: DemoFile
    cte_last_year: DemoFile
    student_information: DemoFile
    student_information_mistakes: DemoFile
    cte_outcome: DemoFile
    cte_outcome_mistakes: DemoFile


def write_files(folder: Path) -> DemoFiles:
    """Write the files for 2020-2021 and one for the year before, to be sent for Rock Star Public Schools; the CTE files
    also for its CTE school."""
    folder.mkdir(parents=True, exist_ok=True)
    files = DemoFiles(
        DemoFile(folder / "new_state_id.csv", "new-state-id"),
        DemoFile(folder / "student_enrollment.csv", "student-enrollment"),
        DemoFile(folder / "cte.csv", "cte"),
        DemoFile(folder / "cte_two_errors.csv", "cte"),
        DemoFile(folder / "cte_mixed.csv", "cte"),
        DemoFile(folder / "cte_last_year.csv", "cte", SchoolYear(GUIDE_YEAR.first - 1)),
        DemoFile(folder / "student_information.csv", "student-information"),
        DemoFile(folder / "student_information_mistakes.csv", "student-information"),
        DemoFile(folder / "cte_outcome.csv", "cte-outcome"),
        DemoFile(folder / "cte_outcome_mistakes.csv", "cte-outcome"),
    )
    _write(files.new_state_id.path, NEW_STATE_ID_HEADER, _new_state_id_rows())
    _write(files.student_enrollment.path, ENROLLMENT_HEADER, _enrollment_rows())
    _write(files.cte.path, CTE_HEADER, _cte_rows())
    _write(files.cte_two_errors.path, CTE_HEADER, _two_errors())
    _write(files.cte_mixed.path, CTE_HEADER, _mixed())
    _write(files.cte_last_year.path, CTE_HEADER, _last_year())
    _write(files.student_information.path, INFORMATION_HEADER, information_rows())
    _write(files.student_information_mistakes.path, INFORMATION_HEADER, information_mistakes())
    _write(files.cte_outcome.path, OUTCOME_HEADER, _outcomes())
    _write(files.cte_outcome_mistakes.path, OUTCOME_HEADER, _outcomes_with_mistakes())
    return files


def _new_state_id_rows() -> list[_Row]:
    """Return three students who are new to the state, and one whose names and birth date are a known student's."""
    known = next(s for s in list_students(GUIDE_YEAR) if s.school == CAPITAL_CITY_HIGH)
    return [
        (ROCK_STAR.id, "N00001", "Arpeggio", "Allegra", "", "", "2006-02-14", "F", "09"),
        (ROCK_STAR.id, "N00002", "Ostinato", "Ritornello", "Da Capo", "Jr", "11/3/2005", "M", "10"),
        (ROCK_STAR.id, "N00003", "Tremolo", "Sol", "", "", "2004-07-30", "X", "11"),
        (ROCK_STAR.id, "N00004", known.last_name.upper(), known.first_name, "", "", known.date_of_birth, known.gender,
         f"{known.grade:02d}"),
    ]  # fmt: skip


def _newcomers() -> list[DemoStudent]:
    return [student for student in list_students(GUIDE_YEAR) if student.is_newcomer]


def _enrollment_rows() -> list[_Row]:
    """Return the newcomers' enrollments: the primary ones first, then the concurrent ones at the CTE school."""
    primary = [_enrollment_row(i, s, ROCK_STAR_HIGH.local_id, "P") for i, s in enumerate(_newcomers())]
    concurrent = [_enrollment_row(i, s, str(CAPITAL_AREA.id), "C") for i, s in enumerate(_newcomers()) if s.cte_school]
    return [*primary, *concurrent]


def _enrollment_row(i: int, student: DemoStudent, school_id: str, enrollment_type: str) -> _Row:
    entry_date = "2020-09-01" if i % 2 else "9/1/2020"
    comment = "Moved here in summer, records requested" if i == 0 and enrollment_type == "P" else ""
    return (
        ROCK_STAR.id, school_id, student.number, student.school_student_id, enrollment_type, f"{student.grade:02d}",
        entry_date, "13", ROCK_STAR.id, _TOWN, "", "", comment,
    )  # fmt: skip


def _cte_students() -> list[DemoStudent]:
    """Return ten of Rock Star's students whose concurrent enrollment is stored, then the newcomers who go along."""
    at_rock_star = [s for s in list_students(GUIDE_YEAR) if s.school == ROCK_STAR_HIGH and s.cte_school == CAPITAL_AREA]
    return [*[s for s in at_rock_star if not s.is_newcomer][:10], *[s for s in at_rock_star if s.is_newcomer]]


def _cte_row(student: DemoStudent, code: str, **other: object) -> _Row:
    """Return a good row, but for the cells that `other` names."""
    good = {
        "SAUID": ROCK_STAR.id,
        "SchoolID": CAPITAL_AREA.local_id,
        "StateStudentID": student.number,
        "SchoolStudentID": student.school_student_id,
        "CTECode": code,
        "StartDate": "2020-09-08",
        "EndDate": "",
        "CreditsEarned": "1.50",
        "PostsecondaryCredits": "",
    }
    return [{**good, **other}[name] for name in CTE_HEADER]


def _cte_rows() -> list[_Row]:
    """Return good rows: two alike for one student, since both class sections count; one student in two programs."""
    students = _cte_students()
    college = ("", "3.00")
    rows = [
        _cte_row(s, _PROGRAMS[i % len(_PROGRAMS)], PostsecondaryCredits=college[i % 4 == 3])
        for i, s in enumerate(students)
    ]
    rows.append(_cte_row(students[0], _PROGRAMS[0]))
    rows.append(_cte_row(students[1], "01.0205", SchoolID=CAPITAL_AREA.id, StartDate="1/25/2021", EndDate="6/11/2021"))
    rows.append(_cte_row(students[2], "48.0508", CreditsEarned="0", PostsecondaryCredits="3.00"))
    return rows


def _two_errors() -> list[_Row]:
    """Return good rows, and among them the guide's two errors."""
    rows = _cte_rows()
    without_concurrent = next(s for s in _newcomers() if s.cte_school is None)
    rows.insert(4, _cte_row(without_concurrent, "47.0604"))
    rows.insert(11, _cte_row(_cte_students()[5], "43"))
    return rows


def _mixed() -> list[_Row]:
    """Return good rows and one row for each of many errors."""
    students = _cte_students()
    at_middle_of_the_year = students[8]
    return [
        *_cte_rows()[:6],
        _cte_row(students[6], "1.0205"),  # a spreadsheet took the zero off; it is put right, with a notice
        _cte_row(students[7], "43"),
        _cte_row(at_middle_of_the_year, "46.0302", StartDate="2021-02-01", EndDate="2021-01-15"),
        _cte_row(at_middle_of_the_year, "46.0302"),  # good, but of one group with the row above
        [],
        _cte_row(students[9], "12.0503", StartDate="2019-09-03"),
        _cte_row(students[9], "51.0904", CreditsEarned="1,5"),
        _cte_row(students[10], "51.0904", CreditsEarned="120"),
        _cte_row(students[11], "51.0904", StartDate=""),
        _cte_row(students[12], "51.0904", StartDate="2020-08-17"),  # before the concurrent enrollment
        _cte_row(students[13], "51.0904", SAUID=9999),
        _cte_row(students[14], "51.0904", SchoolID="XYZ"),
        _cte_row(students[15], "51.0904", SchoolID=ROCK_STAR_HIGH.id),
        _cte_row(students[16], "51.0904", StateStudentID="900099999"),
        _cte_row(students[17], "51.0904", StateStudentID="90001"),
        _cte_row(students[18], "51.0904", StateStudentID="000000001"),  # the sample file's student, left in
        _cte_row(students[18], CTE_CODES[0][0])[:5],  # ends too early
    ]


def _last_year() -> list[_Row]:
    """Return last year's lines of the students who are in grade 12 now: some with few credits, and some in another
    program, so that they are concentrators by one definition and not by another."""
    program_now = {student: _PROGRAMS[i % len(_PROGRAMS)] for i, student in enumerate(_cte_students())}
    students = [s for s in list_students(GUIDE_YEAR) if s.school == ROCK_STAR_HIGH and s.cte_school == CAPITAL_AREA]
    finishing = [student for student in students if student.grade > FIRST_CTE_GRADE and not student.is_newcomer]
    return [
        _cte_row(
            student,
            program_now.get(student, _OTHER_PROGRAM) if credits_earned < "2" else _OTHER_PROGRAM,
            StartDate="2019-09-03",
            EndDate="2020-06-12",
            CreditsEarned=credits_earned,
        )
        for student, credits_earned in zip(finishing, cycle(_CREDITS_OF_LAST_YEAR), strict=False)
    ]


def _outcome(i: int, student: DemoStudent, **other: object) -> _Row:
    """Return a good row for the program of a student's CTE line, but for the cells that `other` names."""
    good = {
        "SAUID": ROCK_STAR.id,
        "SchoolID": CAPITAL_AREA.local_id,
        "StateStudentID": student.number,
        "SchoolStudentID": student.school_student_id,
        "CTECode": _PROGRAMS[i % len(_PROGRAMS)],
        "WorkBasedLearning": "PaidInternship" if i % 2 else "JobShadowing",
    }
    return [{**good, **other}.get(name, "") for name in OUTCOME_HEADER]


def _outcomes() -> list[_Row]:
    """Return work-based learning for all, credentials for some, and placements for those who left in December."""
    enrolled = (each for each in list_enrollments(GUIDE_YEAR.last_day) if each.school_year == GUIDE_YEAR)
    left = {each.student.number: each.exit_date for each in enrolled}
    earned = {"Credential": "SAFE-10", "CredentialDate": "2021-05-14"}
    rows = []
    for i, student in enumerate(_cte_students()):
        left_on = left.get(student.number)
        has_left = left_on is not None and left_on.year == GUIDE_YEAR.first
        placement = {"Placement": "EMPLOYMENT"} if has_left and i % 3 else {}  # one has not been asked
        rows.append(_outcome(i, student, **(earned if i % 3 == 0 and not has_left else {}), **placement))
    return rows


def _outcomes_with_mistakes() -> list[_Row]:
    """Return rows with the mistakes that are made most, among good ones."""
    students = _cte_students()
    return [
        _outcome(0, students[0]),
        _outcome(1, students[1], Credential="SAFE-10"),  # earned on which day?
        _outcome(2, students[2], Credential="OSHA 10", CredentialDate="2021-05-14"),  # not on the state's list
        _outcome(3, students[3], CTECode="48.0508"),  # not the student's program
        _outcome(16, students[16], Placement="POSTSEC"),  # has not left
        _outcome(5, students[5], WorkBasedLearning=""),
    ]


def _write(path: Path, header: _Row, rows: Iterable[_Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow(header)
        writer.writerows(rows)
