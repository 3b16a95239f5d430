"""The look-up of an enrollment finds for every row what its plain statement chooses for one."""

from datetime import date, timedelta
from itertools import product
from random import Random

import polars as pl
import pytest

from tidegate.core import ReferenceFolder, SchoolYear
from tidegate.core.layouts.load_layout import load_layout
from tidegate.core.lookups.enrollment import PlainEnrollment, choose_enrollment
from tidegate.core.lookups.lookup import LookupJoin
from tidegate.core.reference.table import required_files

FIRST_STUDENT, FIRST_DAY = 910_000_000, date(2020, 9, 1)
SAUS, SCHOOLS = ("1000", "2000"), ("1001", "2001", "2002")
LAYOUT = """
name = "Visits"
title = "Visits"
log_title = "Visits"
area = "VIS"
order = 90
summary = "A day of a student."
[identity]
[columns.SAUID]
of = { type = "digits", max_length = 4 }
description = "The SAU."
example = "1000"
[columns.SchoolID]
of = { type = "digits", max_length = 4 }
description = "The school."
example = "1001"
[columns.StateStudentID]
of = { type = "digits", min_length = 9, max_length = 9 }
description = "The student."
example = "000000001"
[columns.Day]
of = { type = "date" }
description = "The day."
example = "2020-09-01"
required = false
[stored.sau]
find = "organization"
by = "SAUID"
label = "SAU ID"
kind = "SAU"
[stored.school]
find = "school"
by = "SchoolID"
label = "School ID"
within = "sau"
"""
FINDS = {
    f"e{number}": {"enrollment_type": kind, **narrowed}
    for number, (kind, narrowed) in enumerate(product(("", "P", "C"), ({}, {"sau": "sau"}, {"school": "school"})))
}


@pytest.fixture
def layout(tmp_path):
    """Every way to narrow an enrollment down, each a look-up of its own."""
    finds = [
        "\n".join([f'[stored.{name}]\nfind = "enrollment"', *(f'{key} = "{text}"' for key, text in find.items())])
        + '\nstudent = "StateStudentID"\ncovering = "Day"\n'
        for name, find in FINDS.items()
    ]
    path = tmp_path / "layout.toml"
    path.write_text("\n".join([LAYOUT, *finds]))
    return load_layout(path)


def make_enrollments(chance: Random) -> list[PlainEnrollment]:
    def make() -> PlainEnrollment:
        entry = FIRST_DAY + timedelta(days=chance.randrange(6))
        left = None if chance.random() < 0.5 else entry + timedelta(days=chance.randrange(4))
        school = chance.choice(SCHOOLS)
        return PlainEnrollment(int(chance.choice(SAUS)), int(school), chance.choice("PC"), entry, left)

    return [make() for _ in range(chance.choice([0, 1, 1, 1, 2, 3, 5]))]


def write_folder(folder, students: dict[int, list[PlainEnrollment]]) -> ReferenceFolder:
    folder.mkdir()
    lines = {
        "organizations.csv": [
            *("1000,A,SAU,,", "2000,B,SAU,,"),
            *("1001,A1,School,1000,", "2001,B1,CTE School,2000,", "2002,B2,School,2000,"),
        ],
        "students.csv": [f"{number},L,F,,2004-01-01,F" for number in students],
        "enrollments.csv": [
            f"2020-2021,{e.sau_id},{e.school_id},{number},,{e.enrollment_type},11,{e.entry_date},02,{e.exit_date or ''}"
            ","
            for number, enrollments in students.items()
            for e in enrollments
        ],
    }
    for file in required_files():
        text = "\n".join([",".join(file.header), *lines.get(file.file_name, [])])
        (folder / file.file_name).write_text(text + "\n")
    return ReferenceFolder(folder)


def make_row(chance: Random, number: int) -> dict:
    day = FIRST_DAY + timedelta(days=chance.randrange(-1, 9)) if chance.random() < 0.9 else None
    cells = {"SAUID": chance.choice([*SAUS, "9"]), "SchoolID": chance.choice([*SCHOOLS, "9"])}
    texts = {**cells, "StateStudentID": str(number), "Day": str(day or "")}
    return {**texts, **{f"{name}:value": text for name, text in texts.items()}, "Day:value": day}


@pytest.mark.parametrize("seed", range(4))
def test_each_row_gets_the_enrollment_that_the_plain_statement_chooses(layout, tmp_path, seed):
    chance = Random(seed)
    students = {FIRST_STUDENT + n: make_enrollments(chance) for n in range(400)}
    join = LookupJoin(layout, write_folder(tmp_path / "reference", students), SchoolYear(2020))
    slices = [[make_row(chance, chance.choice(list(students))) for _ in range(300)] for _ in range(4)]
    for rows in slices:
        schema = {name: pl.Date if name == "Day:value" else pl.String for name in rows[0]}
        frame = pl.DataFrame(rows, schema=schema).with_row_index("row", 2)
        for row in join.join(frame).rows.iter_rows(named=True):
            on_file = students[int(row["StateStudentID"])]
            for name, find in FINDS.items():
                narrowed = row["school.id"] if "school" in find else row["sau.id"]
                best = choose_enrollment(layout.stored[name], on_file, day=row["Day:value"], narrowed_to=narrowed)
                found = (row[f"{name}.sau_id"], row[f"{name}.entry_date"], row[f"{name}.exit_date"])
                plain = (best.sau_id, best.entry_date, best.exit_date) if best else (None, None, None)
                assert found == plain, (name, on_file, row)


def test_the_plain_statement_prefers_the_enrollment_that_covers_the_day(layout):
    early = PlainEnrollment(1000, 1001, "P", date(2020, 9, 1), date(2020, 10, 1))
    late = PlainEnrollment(2000, 2002, "P", date(2020, 11, 1), None)
    chosen = [
        choose_enrollment(layout.stored["e3"], [early, late], day=day, narrowed_to=None)
        for day in (date(2020, 9, 30), date(2020, 10, 2), None)
    ]
    assert chosen == [early, late, late]
