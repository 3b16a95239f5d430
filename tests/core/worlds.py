"""Random files of every type about eighty students, in which much is wrong between rows, and the state beside them."""

import shutil
from datetime import date, timedelta
from pathlib import Path
from random import Random

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


def outcome_row(chance):
    """Return a row that is nearly always the same for a student: rows of one program that differ are errors."""
    number = student(chance)
    chance = Random(f"{number} {chance.randrange(12) == 0}")
    credential = chance.choice(["", "", "", "CDA", "CDA", "cda", "AUTO1", "OLD", "?"])
    is_dated = chance.random() < (0.9 if credential else 0.1)
    return {
        "SAUID": chance.choice(["1000"] * 5 + ["2000", "9"]),
        "SchoolID": chance.choice(["2001"] * 5 + ["CATC", "1001"]),
        "StateStudentID": number,
        "CTECode": chance.choice(["01.0205"] * 5 + ["13.1210", "13.121"]),
        "Credential": credential,
        "CredentialDate": chance.choice(["2020-10-05", "2020-10-05", "5/6/2019"]) if is_dated else "",
        "WorkBasedLearning": chance.choice(["", "", "PaidInternship", "PaidInternship", "jobshadowing", "Summer job"]),
        "Placement": chance.choice(["", "", "", "", "", "", "POSTSEC", "unknown", "x"]),
    }


def information_row(chance):
    """Return a row that is nearly always the same for a student: rows that differ are errors."""
    number = student(chance)
    chance = Random(f"{number} {chance.randrange(12) == 0}")
    populations = ["EconomicallyDisadvantaged", "NontraditionalField", "SingleParent", "OutOfWorkforce"]
    populations += ["EnglishLearner", "Homeless", "FosterCare", "ParentOnActiveDuty", "Migratory"]
    is_known = chance.random() < 0.8
    return {
        "SAUID": chance.choice(["1000"] * 5 + ["2000", "9"]),
        "StateStudentID": number,
        "LastName": chance.choice(["Last", "LAST", "La'st"] if is_known else ["Other", ""]),
        "FirstName": "First",
        "DateOfBirth": chance.choice(["2004-01-01", "1/1/2004"] if is_known else ["2004-05-06", "1900-01-01", "x"]),
        "Gender": chance.choice(["F", "female", "X", "", "F", "?"]),
        "RaceEthnicity": chance.choice(["WH7", "AS", "", "WH7", "Purple"]),
        "DisabilityStatus": chance.choice(["NONE", "504", "N", ""]),
    } | {name: chance.choice(["Y", "N", "No", "0", ""]) for name in populations}


ROWS = {
    "student-enrollment": enrollment_row,
    "cte": cte_row,
    "new-state-id": new_student_row,
    "student-information": information_row,
    "cte-outcome": outcome_row,
}


def write(path, kind, rows):
    names = list(kind.layout.columns)
    lines = [",".join(names), *(",".join(row.get(name, "") for name in names) for row in rows)]
    path.write_text("\n".join(lines))
    return path


def make_reference(folder):
    """Write a reference folder with these students, each with a primary and a concurrent enrollment; the last of them
    has left. The first half has a CTE line, which a folder can say and no import stores."""
    shutil.copytree(REFERENCE, folder)
    with (folder / "students.csv").open("a") as students:
        students.writelines(f"{number},Last,First,,2004-01-01,F\n" for number in STUDENTS)
    with (folder / "enrollments.csv").open("a") as enrollments:
        for number in STUDENTS:
            left = "2020-10-05,02" if number in STUDENTS[-10:] else ","
            enrollments.write(f"2020-2021,1000,1001,{number},1,P,11,2020-09-01,02,{left}\n")
            enrollments.write(f"2020-2021,2000,2001,{number},1,C,11,2020-09-02,02,{left}\n")
    credentials = "AUTO1,Automobile service,,", "CDA,Child development associate,,", "OLD,Of earlier years,,2018-2019"
    (folder / "credential_codes.csv").write_text("\n".join(["Code,Title,FirstYear,LastYear", *credentials, ""]))
    with (folder / "cte_records.csv").open("w") as lines:
        names = "SchoolYear,SAUID,SchoolID,StateStudentID,SchoolStudentID,CTECode,StartDate,EndDate,CreditsEarned"
        lines.write(f"{names},PostsecondaryCredits,Upload\n")
        for number in STUDENTS[: len(STUDENTS) // 2]:
            lines.write(f"2019-2020,1000,2001,{number},1,01.0205,2019-09-03,,1.50,,\n")
    return folder


def make_file(path, kind, chance, *, count):
    """Write a file of so many rows, and of a tenth of them again."""
    rows = [ROWS[kind.slug](chance) for _ in range(count)]
    return write(path, kind, rows + chance.sample(rows, count // 10))
