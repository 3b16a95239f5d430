"""A state as large as Maine, or larger, as it is on file: organizations, codes, students and their enrollments. Seeded.

270 SAUs with 700 schools, 27 CTE schools of which each serves ten SAUs, 200 CTE codes, and students whose numbers are
spread over nine digits. What is true of a student is computed from the student's index, so that files can be made
without keeping millions of students in memory.
"""

from datetime import date, timedelta
from math import gcd
from pathlib import Path
from typing import NamedTuple

from bench.make_files import whole_file

SAUS, SCHOOLS, CTE_SCHOOLS, CODES = 270, 700, 27, 200
SAUS_PER_CTE_SCHOOL = SAUS // CTE_SCHOOLS
CODES_TAUGHT = 20
OWNER = 0
"""The index of the SAU to which all CTE schools belong in a state with one owner: an upload is for one organization."""
MOVED_ON = date(2021, 1, 15)
_NUMBERS, _STEP, _LEAST_NUMBER = 980_000_000, 618_033_989, 10_000_000
_LAST_NAMES = ("Ouellette", "Pelletier", "O'Neil", "St. Pierre", "Smith", "Levesque", "Nguyen", "Michaud", "Hassan")
_FIRST_NAMES = ("Emma", "Liam", "Noah", "Ava", "Mary Ann", "Jean-Luc", "Fatuma", "Owen", "Zoe", "Ethan", "Grace")
if gcd(_NUMBERS, _STEP) != 1:
    raise AssertionError("Two students would have one number")


class Student(NamedTuple):
    """A student: indexes of SAU, school and CTE school, and the days on which the stored enrollments begin. Of one who
    has moved `second_sau` and `second_school` are those since MOVED_ON, else -1."""

    number: str
    sau: int
    school: int
    cte_school: int
    primary_entry: date
    concurrent_entry: date
    has_concurrent: bool
    second_sau: int
    second_school: int
    grade: str
    chance: int

    @property
    def names(self) -> tuple[str, str]:
        """Last and first name."""
        return _LAST_NAMES[self.chance % 9], _FIRST_NAMES[self.chance % 11]


def chance_of(index: int) -> int:
    """Return 64 bits that look as if drawn, the same for an index every time."""
    bits = (index + 1) * 0x9E3779B97F4A7C15 & 0xFFFFFFFFFFFFFFFF
    bits = (bits ^ bits >> 30) * 0xBF58476D1CE4E5B9 & 0xFFFFFFFFFFFFFFFF
    return bits ^ bits >> 27


def number_of(index: int) -> str:
    """Return the number of the student with an index; an index that no student has gives a number that nobody has."""
    return f"{_LEAST_NUMBER + index * _STEP % _NUMBERS:09d}"


def student_of(index: int) -> Student:
    """Return the student with an index."""
    chance = chance_of(index)
    sau = chance % SAUS
    has_moved = (chance >> 20) % 50 == 0
    second_sau = (sau + 1 + (chance >> 30) % (SAUS - 1)) % SAUS if has_moved else -1
    return Student(
        number=number_of(index),
        sau=sau,
        school=school_of(sau, chance >> 8),
        cte_school=sau // SAUS_PER_CTE_SCHOOL,
        primary_entry=date(2020, 8, 31) + timedelta(days=(chance >> 16) % 3),
        concurrent_entry=date(2020, 9, 3) + timedelta(days=(chance >> 18) % 6),
        has_concurrent=(chance >> 24) % 50 != 0,
        second_sau=second_sau,
        second_school=school_of(second_sau, chance >> 12) if has_moved else -1,
        grade=("11", "12", "10", "09")[(chance >> 28) % 4],
        chance=chance,
    )


def school_of(sau: int, chance: int) -> int:
    """Return the index of a school of the SAU."""
    count = (SCHOOLS - sau + SAUS - 1) // SAUS
    return sau + SAUS * (chance % count)


def sau_id(sau: int) -> str:
    """Return the organization ID of a SAU."""
    return str(1000 + 11 * sau)


def school_id(school: int) -> str:
    """Return the organization ID of a school."""
    return str(5000 + 3 * school)


def cte_school_id(cte_school: int) -> str:
    """Return the organization ID of a CTE school."""
    return str(8000 + 17 * cte_school)


def local_id(cte_school: int) -> str:
    """Return the ID by which the SIS of its SAU knows a CTE school."""
    return f"TECH{cte_school:02d}"


def owner_of(cte_school: int, *, one_owner: bool) -> int:
    """Return the index of the SAU to which a CTE school belongs."""
    return OWNER if one_owner else cte_school * SAUS_PER_CTE_SCHOOL


def code_of(code: int) -> str:
    """Return a CTE code, as CIP codes are written."""
    return f"{1 + code % 50:02d}.{code // 50 * 25 + 1:02d}{5 + code % 7:02d}"


def taught_code(cte_school: int, number: int) -> str:
    """Return one of the codes that a CTE school teaches."""
    return code_of((cte_school * 7 + number % CODES_TAUGHT * 11) % (CODES - 10))


def make_reference(folder: Path, *, students: int = 170_000, one_owner: bool = False) -> Path:
    """Write the reference folder as `tidegate export-reference` does, once: two enrollments of nearly every student."""
    if (folder / "enrollments.csv").exists():
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    _write_organizations(folder / "organizations.csv", one_owner=one_owner)
    last_years = ("" if code < CODES - 5 else "2019-2020" for code in range(CODES))
    codes = "".join(f"{code_of(code)},Program {code},,{last}\n" for code, last in enumerate(last_years))
    (folder / "cte_codes.csv").write_text(f"Code,Title,FirstYear,LastYear\n{codes}")
    ordered = sorted(range(students), key=number_of)
    with whole_file(folder / "students.csv") as out:
        out.write("StateStudentID,LastName,FirstName,MiddleName,DateOfBirth,Gender\n")
        for index in ordered:
            one = student_of(index)
            born = date(2003, 1, 1) + timedelta(days=one.chance % 1400)
            out.write(f"{one.number},{one.names[0]},{one.names[1]},,{born},{'FM'[one.chance % 2]}\n")
    with whole_file(folder / "enrollments.csv") as out:
        out.write("SchoolYear,SAUID,SchoolID,StateStudentID,SchoolStudentID,EnrollmentType,GradeLevel,EntryDate,")
        out.write("StartStatus,ExitDate,ExitType\n")
        for index in ordered:
            out.writelines(_enrollments(index, student_of(index), one_owner=one_owner))
    return folder


def _write_organizations(path: Path, *, one_owner: bool) -> None:
    with path.open("w") as out:
        out.write("OrganizationID,Name,Kind,ParentID,LocalID\n")
        for sau in range(SAUS):
            out.write(f"{sau_id(sau)},RSU {sau + 1:03d} Schools,SAU,,\n")
        for school in range(SCHOOLS):
            # The SIS of each SAU counts its schools from 1.
            local = f"HS{school // SAUS + 1}"
            out.write(f"{school_id(school)},Regional School {school},School,{sau_id(school % SAUS)},{local}\n")
        for cte_school in range(CTE_SCHOOLS):
            owner = sau_id(owner_of(cte_school, one_owner=one_owner))
            name = f"Technical Center {cte_school + 1}"
            out.write(f"{cte_school_id(cte_school)},{name},CTE School,{owner},{local_id(cte_school)}\n")


def _enrollments(index: int, one: Student, *, one_owner: bool) -> list[str]:
    """Return the stored enrollments of a student, as lines."""
    local = index % 99_999
    exit_ = f"{MOVED_ON},02" if one.second_sau >= 0 else ","
    year, number, grade = "2020-2021", one.number, one.grade
    lines = [
        f"{year},{sau_id(one.sau)},{school_id(one.school)},{number},{local},P,{grade},{one.primary_entry},02,{exit_}\n"
    ]
    if one.second_sau >= 0:
        sau, school = sau_id(one.second_sau), school_id(one.second_school)
        lines.append(f"{year},{sau},{school},{number},{local},P,{grade},{MOVED_ON},13,,\n")
    if one.has_concurrent:
        sau, school = sau_id(owner_of(one.cte_school, one_owner=one_owner)), cte_school_id(one.cte_school)
        lines.append(f"{year},{sau},{school},{number},{local},C,{grade},{one.concurrent_entry},02,,\n")
    return lines
