"""Random files of every type about eighty students, in which much is wrong between rows, and the state beside them."""

import shutil
from datetime import date, timedelta
from pathlib import Path

REFERENCE = Path(__file__).parents[1] / "corpus" / "reference"
STUDENTS = [f"{910_000_000 + number}" for number in range(80)]


def student(chance):
    odd = ["", "x", "123456789", "12345678", "012345678"]
    return chance.choice(odd) if chance.random() < 0.1 else chance.choice(STUDENTS)


def enrollment_row(chance):
    entry = date(2020, 8, 28) + timedelta(days=chance.randrange(12))
    leaves = chance.random() < 0.8
    is_concurrent = chance.random() < 0.3
    return {
        "SAUID": "2000" if is_concurrent else chance.choice(["1000", "2000"]),
        "SchoolID": "2001" if is_concurrent else chance.choice(["1001", "2002", "HS1", "9"]),
        "StateStudentID": student(chance),
        "SchoolStudentID": chance.choice(["1", "2"]),
        "EnrollmentType": "C" if is_concurrent else chance.choice("PPPPPPX"),
        "GradeLevel": chance.choice(["11", "11", "11", "10", "14"]),
        "EntryDate": chance.choice([str(entry), "2020-09-01", "x"] if chance.random() < 0.2 else [str(entry)]),
        "StartStatus": "02",
        "ResidentSAUID": "1000",
        "ExitDate": str(entry + timedelta(days=chance.randrange(4))) if leaves else "",
        "ExitType": "02" if leaves else "",
    }


def cte_row(chance):
    return {
        "SAUID": "1000",
        "SchoolID": chance.choice(["2001", "2001", "201"]),
        "StateStudentID": student(chance),
        "CTECode": chance.choice(["01.0205", "01.0205", "13.1210", "13.1210", "43"]),
        "StartDate": "2020-09-01",
        "CreditsEarned": chance.choice(["1.50"] * 9 + ["x"]),
    }


def new_student_row(chance):
    return {
        "SAUID": chance.choice(["1000", "2000", "9"]),
        "LastName": chance.choice(["Marigold", "Tansy", "Yarrow", ""]),
        "FirstName": chance.choice(["Mildred", "Tom"]),
        "DateOfBirth": chance.choice(["2004-01-15", "2004-02-15", "x"]),
        "Gender": "F",
        "GradeLevel": chance.choice(["11", "11", "14"]),
    }


ROWS = {"student-enrollment": enrollment_row, "cte": cte_row, "new-state-id": new_student_row}


def write(path, kind, rows):
    names = list(kind.layout.columns)
    lines = [",".join(names), *(",".join(row.get(name, "") for name in names) for row in rows)]
    path.write_text("\n".join(lines))
    return path


def make_reference(folder):
    """Write a reference folder with these students, each with a primary and a concurrent enrollment."""
    shutil.copytree(REFERENCE, folder)
    with (folder / "students.csv").open("a") as students:
        students.writelines(f"{number},Last,First,,2004-01-01,F\n" for number in STUDENTS)
    with (folder / "enrollments.csv").open("a") as enrollments:
        for number in STUDENTS:
            enrollments.write(f"2020-2021,1000,1001,{number},1,P,11,2020-09-01,02,,\n")
            enrollments.write(f"2020-2021,2000,2001,{number},1,C,11,2020-09-02,02,,\n")
    return folder


def make_file(path, kind, chance, *, count):
    """Write a file of so many rows, and of a tenth of them again."""
    rows = [ROWS[kind.slug](chance) for _ in range(count)]
    return write(path, kind, rows + chance.sample(rows, count // 10))
