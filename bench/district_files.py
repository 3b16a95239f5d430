"""CTE and Student Enrollment files as districts send them: some rows wrong in twelve ways, each with its name. Seeded.

The students are those of `bench.district_state`. `sent_variant` writes the same rows once more as other programs would:
quoted names first, blanks after the commas, `="…"` in every cell, two encodings in one file, and more.
"""

import random
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path

from bench import district_state as state
from bench.make_files import ENROLLMENT_HEADER, HEADER, whole_file

Row = dict[str, str]
CTE_COLUMNS = HEADER.strip().split(",")
ENROLLMENT_COLUMNS = ENROLLMENT_HEADER.strip().split(",")
_MEANT_FOR_ANOTHER_YEAR = {"2020": "2019", "2021": "2020"}
_DAYS_OF_SEGMENTS = 130


def _unknown_student(row: Row, index: int, chance: random.Random) -> None:
    if index % 4:
        row["StateStudentID"] = state.number_of(50_000_000 + chance.randrange(10_000_000))
    else:
        row["StateStudentID"] = row["StateStudentID"][:-1]


def _unknown_sau(row: Row, index: int, chance: random.Random) -> None:
    row["SAUID"] = str(9000 + chance.randrange(90))


def _sau_in_words(row: Row, index: int, chance: random.Random) -> None:
    row["SAUID"] = f"RSU {chance.randrange(1, 90)}"


def _sau_of_others(row: Row, index: int, chance: random.Random) -> None:
    one = state.student_of(index)
    mine = {one.sau, one.second_sau, state.OWNER, state.owner_of(one.cte_school, one_owner=False)}
    row["SAUID"] = state.sau_id(next(sau for sau in iter(lambda: chance.randrange(state.SAUS), -1) if sau not in mine))


def _sending_school(row: Row, index: int, chance: random.Random) -> None:
    row["SchoolID"] = state.school_id(state.student_of(index).school)


def _unknown_school(row: Row, index: int, chance: random.Random) -> None:
    row["SchoolID"] = chance.choice(("CATC", "Tech Center", "2001", "9999", str(9500 + chance.randrange(90))))


def _other_cte_school(row: Row, index: int, chance: random.Random) -> None:
    mine = state.student_of(index).cte_school
    row["SchoolID"] = state.cte_school_id((mine + 1 + chance.randrange(state.CTE_SCHOOLS - 1)) % state.CTE_SCHOOLS)


def _same_again(row: Row, index: int, chance: random.Random) -> None:
    """The row is the one before once more, with another status: `_make` has put the cells of that one in it."""
    row["StartStatus"] = "02" if row["StartStatus"] == "13" else "13"


def _school_of_others(row: Row, index: int, chance: random.Random) -> None:
    one = state.student_of(index)
    if index % 2:
        row["EnrollmentType"], row["SchoolID"] = "C", state.school_id(one.school)
        return
    row["SchoolID"] = state.school_id(
        state.school_of((one.sau + 1 + chance.randrange(200)) % state.SAUS, chance.randrange(9))
    )
    row["EnrollmentType"] = "P"


def _unknown_code(row: Row, index: int, chance: random.Random) -> None:
    row["CTECode"] = chance.choice(("43", "51", "12", f"{chance.randrange(51, 90)}.{chance.randrange(10_000):04d}"))


def _bad_date(row: Row, index: int, chance: random.Random) -> None:
    column = "StartDate" if "StartDate" in row else "EntryDate"
    row[column] = chance.choice(("2020-13-01", "2020-09-31", "yes", "Fall 2020"))


def _other_year(row: Row, index: int, chance: random.Random) -> None:
    column = "StartDate" if "StartDate" in row else "EntryDate"
    row[column] = _MEANT_FOR_ANOTHER_YEAR[row[column][:4]] + row[column][4:]


def _end_before_start(row: Row, index: int, chance: random.Random) -> None:
    end = date.fromisoformat(row["StartDate"]) - timedelta(days=chance.randrange(1, 30))
    row["EndDate"] = str(end)


def _exit_before_entry(row: Row, index: int, chance: random.Random) -> None:
    row["ExitDate"] = str(date.fromisoformat(row["EntryDate"]) - timedelta(days=chance.randrange(1, 30)))
    row["ExitType"] = "02"


def _credits_not_a_number(row: Row, index: int, chance: random.Random) -> None:
    row["CreditsEarned"] = chance.choice(("one", "1.5 cr", "n/a?", "1.505"))


def _credits_out_of_range(row: Row, index: int, chance: random.Random) -> None:
    row["CreditsEarned"] = chance.choice(("150", "100", "-1", "1000.00"))


def _blank_cell(row: Row, index: int, chance: random.Random) -> None:
    row[chance.choice([column for column in row if column in _NEVER_BLANK])] = ""


def _unknown_grade(row: Row, index: int, chance: random.Random) -> None:
    row["GradeLevel"] = chance.choice(("13", "HS", "Sophomore"))


def _unknown_status(row: Row, index: int, chance: random.Random) -> None:
    row["StartStatus"] = chance.choice(("99", "ENROLLED", "03"))


def _exit_type_missing(row: Row, index: int, chance: random.Random) -> None:
    row["ExitDate"], row["ExitType"] = row["ExitDate"] or "2021-02-01", ""


_NEVER_BLANK = (
    "SAUID",
    "SchoolID",
    "StateStudentID",
    "CTECode",
    "StartDate",
    "CreditsEarned",
    "GradeLevel",
    "EntryDate",
    "StartStatus",
)
Wrong = Callable[[Row, int, random.Random], None]
CTE_WAYS: dict[str, Wrong] = {
    "unknown or short student number": _unknown_student,
    "SAU that is no number or unknown": lambda row, *more: (_sau_in_words if more[0] % 2 else _unknown_sau)(row, *more),
    "SAU that the student does not attend": _sau_of_others,
    "sending school in place of the CTE school": _sending_school,
    "unknown school": _unknown_school,
    "no concurrent enrollment at the CTE school": _other_cte_school,
    "unknown code": _unknown_code,
    "bad date": _bad_date,
    "date in another school year": _other_year,
    "end before start": _end_before_start,
    "credits no number or out of range": lambda row, *more: (
        _credits_not_a_number if more[0] % 2 else _credits_out_of_range
    )(row, *more),
    "blank required cell": _blank_cell,
}
"""In which twelve ways a CTE row is wrong. In addition a good row is held back by another one of its group."""
ENROLLMENT_WAYS: dict[str, Wrong] = {
    "unknown or short student number": _unknown_student,
    "same enrollment twice, and different": _same_again,
    "SAU that is no number or unknown": CTE_WAYS["SAU that is no number or unknown"],
    "school of another SAU, or no CTE school": _school_of_others,
    "unknown school": _unknown_school,
    "unknown grade": _unknown_grade,
    "unknown start status": _unknown_status,
    "bad date": _bad_date,
    "date in another school year": _other_year,
    "exit before entry": _exit_before_entry,
    "exit without its type": _exit_type_missing,
    "blank required cell": _blank_cell,
}
"""In which twelve ways a Student Enrollment row is wrong. What these leave behind, such as a concurrent enrollment whose
primary one is not loaded and a primary one that was not ended, is an error of other rows."""


def make_cte_file(
    path: Path,
    *,
    rows: int,
    bad_percent: int,
    students: int = 170_000,
    one_owner: bool = False,
    among: Sequence[int] = (),
    seed: int = 1,
) -> Path:
    """Write a CTE file, once. Every tenth row is another section of the same student's program.

    Args:
        path: The file.
        rows: How many rows it has.
        bad_percent: How many percent of them are wrong.
        students: How many students the state has.
        one_owner: Whether all CTE schools belong to one SAU.
        among: The indexes of the students that it is about, for a district's own file; else it is about all.
        seed: Of the chance.
    """
    chance, last = random.Random(seed), [0]

    def any_student() -> int:
        return chance.choice(among) if among else chance.randrange(students)

    def row(number: int) -> tuple[Row, int]:
        if number % 10 or not number:
            last[0] = any_student()
            while not state.student_of(last[0]).has_concurrent:
                last[0] = any_student()
        index = last[0]
        one = state.student_of(index)
        start = one.concurrent_entry + timedelta(days=chance.randrange(120))
        is_host = not among and chance.randrange(5) == 0
        sau = state.owner_of(one.cte_school, one_owner=one_owner) if is_host else one.sau
        school = state.local_id(one.cte_school) if chance.randrange(10) == 0 else state.cte_school_id(one.cte_school)
        program = (one.chance >> 40) + (chance.randrange(3) if number % 10 else 0)
        end = str(start + timedelta(days=chance.randrange(30, 160))) if chance.randrange(10) < 6 else ""
        cells = (
            state.sau_id(sau), school, one.number, str(index % 99_999), state.taught_code(one.cte_school, program),
            str(start), end, f"{chance.randrange(400) / 100:.2f}",
            f"{chance.randrange(1, 13) / 2:.2f}" if chance.randrange(10) < 4 else "",
        )  # fmt: skip
        return dict(zip(CTE_COLUMNS, cells, strict=True)), index

    return _make(path, HEADER, row, CTE_WAYS, rows=rows, bad_percent=bad_percent, chance=chance)


def make_enrollment_file(path: Path, *, rows: int, bad_percent: int, students: int = 170_000, seed: int = 1) -> Path:
    """Write a Student Enrollment file of the whole state, once: student after student, a primary and a concurrent
    enrollment, the stored ones first. If there are rows for more, every student leaves both and enters two others."""
    chance = random.Random(seed)
    segments = max(1, -(-rows // (2 * students)))
    length = _DAYS_OF_SEGMENTS // segments

    def row(number: int) -> tuple[Row, int]:
        segment, place = divmod(number, 2 * students)
        index, one = place // 2, state.student_of(place // 2)
        sau, school, entry = one.sau, one.school, one.primary_entry
        if segment:
            sau = state.chance_of(index * 64 + segment) % state.SAUS
            school = state.school_of(sau, one.chance >> segment)
            entry += timedelta(days=segment * length)
        is_last = number + 2 * students >= rows - (rows - place) % 2
        leaves = "" if is_last else str(one.primary_entry + timedelta(days=(segment + 1) * length))
        if is_last and one.second_sau >= 0:
            leaves = str(state.MOVED_ON)
        status, kind = ("13" if segment else "02"), "P"
        sau_text, school_text = state.sau_id(sau), state.school_id(school)
        if place % 2:
            cte_school = sau // state.SAUS_PER_CTE_SCHOOL
            kind, school_text = "C", state.cte_school_id(cte_school)
            entry = entry + timedelta(days=3) if segment else one.concurrent_entry
            sau_text = state.sau_id(state.owner_of(cte_school, one_owner=False))
            entry = min(entry, date.fromisoformat(leaves)) if leaves else entry
        elif chance.randrange(10) == 0:
            school_text = f"HS{school // state.SAUS + 1}"
        cells = (
            sau_text, school_text, one.number, str(index % 99_999), kind, one.grade, str(entry), status,
            state.sau_id(sau), f"{index % 900 + 11:03d}", leaves, "02" if leaves else "", "",
        )  # fmt: skip
        return dict(zip(ENROLLMENT_COLUMNS, cells, strict=True)), index

    return _make(path, ENROLLMENT_HEADER, row, ENROLLMENT_WAYS, rows=rows, bad_percent=bad_percent, chance=chance)


def make_visits_file(path: Path, *, rows: int, bad_percent: int, students: int = 170_000, seed: int = 1) -> Path:
    """Write a Student Enrollment file of the SAU that has all CTE schools, once: student after student comes for some
    days, and for others, as often as there are rows for it, beside the primary enrollment that is stored."""
    chance = random.Random(seed)
    visits = -(-rows // students)
    length = max(1, _DAYS_OF_SEGMENTS // (visits + 1))

    def row(number: int) -> tuple[Row, int]:
        visit, index = divmod(number, students)
        one = state.student_of(index)
        entry = one.concurrent_entry + timedelta(days=1 + visit * length)
        cells = (
            state.sau_id(state.OWNER), state.cte_school_id(one.cte_school), one.number, str(index % 99_999), "C",
            one.grade, str(entry), "02", state.sau_id(one.sau), f"{index % 900 + 11:03d}",
            str(entry + timedelta(days=length)), "02", "",
        )  # fmt: skip
        return dict(zip(ENROLLMENT_COLUMNS, cells, strict=True)), index

    return _make(path, ENROLLMENT_HEADER, row, ENROLLMENT_WAYS, rows=rows, bad_percent=bad_percent, chance=chance)


def _make(
    path: Path,
    header: str,
    row_of: Callable[[int], tuple[Row, int]],
    ways: dict[str, Wrong],
    *,
    rows: int,
    bad_percent: int,
    chance: random.Random,
) -> Path:
    """Write the header and so many rows, unless the file is there. The ways to be wrong take turns."""
    if path.exists():
        return path
    turns, bad_count, before = list(ways.values()), 0, dict[str, str]()
    with whole_file(path) as out:
        out.write(header)
        for number in range(rows):
            row, index = row_of(number)
            if chance.random() * 100 < bad_percent:
                way = turns[bad_count % len(turns)]
                row = row | before if way is _same_again else row
                way(row, index, chance)
                bad_count += 1
            before = row
            out.write(",".join(row.values()) + "\n")
    return path
