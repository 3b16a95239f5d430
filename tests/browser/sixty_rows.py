"""A CTE export of sixty rows with nine kinds of mistakes, as a district office sends it, and what puts each right."""

import csv
from collections.abc import Sequence
from pathlib import Path

from tidegate.states.maine.demo.files import CTE_HEADER
from tidegate.states.maine.demo.organizations import CAPITAL_AREA, ROCK_STAR, ROCK_STAR_HIGH
from tidegate.states.maine.demo.students import GUIDE_YEAR, list_students

ROW_COUNT, WRONG_COUNT = 60, 14
_PROGRAMS = ("47.0604", "12.0503", "46.0302", "43.0107", "15.1301")


def write_sixty_rows(path: Path) -> Path:
    """Write the file: good rows, and from row 11 on every third or so a wrong one."""
    rows = _good_rows()
    for at, cells in _mistakes().items():
        for title, value in cells.items():
            rows[at - 2][CTE_HEADER.index(title)] = value
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow(CTE_HEADER)
        writer.writerows(rows[:-1])
        last = [str(cell) for cell in rows[-1]]
        out.write(",".join([*last[:3], f'"{last[3]}', *last[4:]]) + "\r\n")  # the quotation mark is never closed
    return path


def _good_rows() -> list[list[object]]:
    found = list_students(GUIDE_YEAR)
    students = [s for s in found if s.school == ROCK_STAR_HIGH and s.cte_school == CAPITAL_AREA and not s.is_newcomer]
    pairs = [(student, program) for program in _PROGRAMS for student in students]
    return [
        [ROCK_STAR.id, "CATC", student.number, student.school_student_id, program, "2020-09-08", "", "1.50", ""]
        for student, program in pairs[:ROW_COUNT]
    ]


def _mistakes() -> dict[int, dict[str, object]]:
    """Return the wrong cells by row: nine kinds with the broken last row."""
    return {
        **{row: {"CTECode": "43"} for row in (11, 14, 17)},
        **{row: {"SchoolID": "CATC1"} for row in (20, 23)},
        26: {"CreditsEarned": "0,75"},
        29: {"StartDate": "9/8/2019"},
        32: {"StartDate": "2021-02-01", "EndDate": "2021-01-15"},
        35: {"StateStudentID": "9000000O3"},
        38: {"StateStudentID": "9000000O8"},
        41: {"CreditsEarned": "150"},
        44: {"SAUID": "9999"},
        47: {"StartDate": "2020-08-17"},
    }


def good_row(row: int) -> Sequence[str]:
    """Return what a row says when it is right."""
    return [str(cell) for cell in _good_rows()[row - 2]]
