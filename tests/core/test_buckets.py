"""Rows judge each other alike whether they are judged all at once or in buckets, some students at a time."""

import shutil
from datetime import date, timedelta
from pathlib import Path
from random import Random

import polars as pl
import pytest

from tidegate.core.checking import Focus, check
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.reading.limits import Limits
from tidegate.core.rules.buckets import Buckets
from tidegate.core.rules.columns import ROW, value
from tidegate.core.rules.rule import FileRule, Severity
from tidegate.core.stored.folder import FolderTables
from tidegate.file_types import find

REFERENCE = Path(__file__).parents[1] / "corpus" / "reference"
FOCUS = Focus(SchoolYear(2020))
AT_ONCE = Limits(chunk_bytes=1 << 23, bucket_count=1)
BUCKETS = [
    Limits(chunk_bytes=2_000, kept_bytes=0, bucket_count=1),
    Limits(chunk_bytes=2_000, kept_bytes=0, bucket_count=2),
    Limits(chunk_bytes=1_000, kept_bytes=3_000, bucket_count=5),
    Limits(chunk_bytes=1 << 23, kept_bytes=0, bucket_count=97),
]


def judge(path, kind, limits, *, rules=None, reference=REFERENCE):
    tables = FolderTables(reference)
    return check(path, kind.layout, rules or kind.rules, focus=FOCUS, tables=tables, limits=limits)


def said(checked):
    counts = checked.row_count, checked.error_count, checked.severities, checked.has_findings
    return counts, checked.findings.rows(), checked.is_bad.to_list()


STUDENTS = [f"{910_000_000 + number}" for number in range(80)]


def student(chance):
    odd = ["", "x", "123456789", "12345678", "012345678"]
    return chance.choice(odd) if chance.random() < 0.1 else chance.choice(STUDENTS)


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    """A reference folder with more students, each with a primary and a concurrent enrollment."""
    folder = tmp_path_factory.mktemp("state") / "reference"
    shutil.copytree(REFERENCE, folder)
    with (folder / "students.csv").open("a") as students:
        students.writelines(f"{number},Last,First,,2004-01-01,F\n" for number in STUDENTS)
    with (folder / "enrollments.csv").open("a") as enrollments:
        for number in STUDENTS:
            enrollments.write(f"2020-2021,1000,1001,{number},1,P,11,2020-09-01,02,,\n")
            enrollments.write(f"2020-2021,2000,2001,{number},1,C,11,2020-09-02,02,,\n")
    return folder


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
ACROSS = {
    "student-enrollment": {"ENR301", "ENR302", "ENR501", "ENR502", "ENR503", "ENR504"},
    "cte": {"CTE301"},
    "new-state-id": {"NSI301"},
}


def write(path, kind, rows):
    names = list(kind.layout.columns)
    lines = [",".join(names), *(",".join(row.get(name, "") for name in names) for row in rows)]
    path.write_text("\n".join(lines))
    return path


@pytest.fixture
def world(tmp_path):
    def make(slug, seed, count=300):
        chance, kind = Random(seed), find(slug)
        rows = [ROWS[slug](chance) for _ in range(count)]
        return write(tmp_path / "upload.csv", kind, rows + chance.sample(rows, count // 10))

    return make


@pytest.mark.parametrize("limits", BUCKETS, ids=lambda limits: f"{limits.bucket_count}-buckets")
@pytest.mark.parametrize("slug", ROWS)
def test_rows_judge_each_other_alike_in_buckets(world, reference, slug, limits):
    seed = BUCKETS.index(limits)
    path, kind = world(slug, seed), find(slug)
    assert said(judge(path, kind, limits, reference=reference)) == said(judge(path, kind, AT_ONCE, reference=reference))


@pytest.mark.parametrize("slug", ROWS)
def test_the_rows_that_are_compared_break_every_rule_across_rows(world, reference, slug):
    checked = [judge(world(slug, seed), find(slug), AT_ONCE, reference=reference) for seed in range(4)]
    assert ACROSS[slug] <= {code for each in checked for code in each.findings["code"]}


def test_a_student_who_has_the_whole_file_is_judged_in_one_bucket(tmp_path):
    kind, chance = find("student-enrollment"), Random(1)
    rows = [enrollment_row(chance) | {"StateStudentID": "900000001"} for _ in range(200)]
    path = write(tmp_path / "upload.csv", kind, rows)
    assert said(judge(path, kind, BUCKETS[1])) == said(judge(path, kind, AT_ONCE))


class Crowded(FileRule):
    """Two rows at least have the grade.

    What it checks: A grade stands in the file once.

    How to fix it: Delete the other rows.
    """

    code = "ENR399"
    message = "{count} rows have this GradeLevel"
    severity = Severity.WARNING
    columns = ("GradeLevel",)
    good = bad = ()

    def __init__(self):
        self.seen = []

    def concerned(self, rows):
        """Return all rows, and remember them."""
        self.seen.append(rows.filter(pl.col(ROW).is_not_null()))
        return rows

    def broken(self):
        """True where another row has the grade."""
        return pl.col(ROW).is_not_null() & (pl.col(ROW).count().over("GradeLevel:value") > 1)

    def facts(self):
        """Return how many rows have it."""
        return {"count": pl.col(ROW).count().over("GradeLevel:value"), "number": value("StateStudentID")}


class CrowdedByStudent(Crowded):
    """Two rows at least of a student have the grade.

    What it checks: A grade stands in the file once for each student.

    How to fix it: Delete the other rows.
    """

    code = "ENR398"
    among = ("StateStudentID:value",)


def test_a_file_type_whose_rules_have_nothing_in_common_is_judged_as_a_whole(world):
    path, kind, rule = world("student-enrollment", 1), find("student-enrollment"), Crowded()
    rules = [*kind.rules, rule]
    checked = judge(path, kind, BUCKETS[3], rules=rules)
    assert said(checked) == said(judge(path, kind, AT_ONCE, rules=rules))
    assert {seen.height for seen in rule.seen} == {checked.row_count}


def test_no_student_stands_in_two_buckets_and_who_has_no_number_is_spread(world):
    path, kind, rule = world("student-enrollment", 1), find("student-enrollment"), CrowdedByStudent()
    checked = judge(path, kind, BUCKETS[3], rules=[rule])
    together = [seen["StateStudentID:value"] for seen in rule.seen]
    in_buckets = [number for numbers in together for number in numbers.drop_nulls().unique()]
    assert len(in_buckets) == len(set(in_buckets)) > len(STUDENTS) / 2
    assert sum(numbers.len() for numbers in together) == checked.row_count
    assert sum(numbers.null_count() > 0 for numbers in together) > 1


NUMBERS = pl.Series([3, 0, 3])
FRAMES = [
    pl.DataFrame({ROW: [place, place + 1, place + 2], "name": ["Rosalind", f"Tom {place}", None]}).with_columns(
        pl.col("name").cast(pl.Categorical)
    )
    for place in (1, 4, 7)
]


@pytest.mark.parametrize("memory_bytes", [0, 60, 1 << 20])
def test_a_bucket_has_its_rows_in_the_order_in_which_they_came(memory_bytes):
    buckets = Buckets(memory_bytes=memory_bytes)
    for frame in FRAMES:
        buckets.add(frame, NUMBERS)
    assert buckets.row_count == 9
    assert buckets.bucket(3)[ROW].to_list() == [1, 3, 4, 6, 7, 9]
    assert buckets.bucket(3)["name"].to_list() == ["Rosalind", None] * 3
    assert buckets.bucket(0)["name"].to_list() == ["Tom 1", "Tom 4", "Tom 7"]
    assert buckets.bucket(1).is_empty()


def test_as_many_buckets_come_together_as_may_stand_in_memory():
    alone, crowded = Buckets(memory_bytes=0), Buckets(memory_bytes=1 << 20)
    for frame in FRAMES:
        alone.add(frame, NUMBERS)
        crowded.add(frame, NUMBERS)
    assert [rows[ROW].to_list() for rows in alone.together()] == [[2, 5, 8], [1, 3, 4, 6, 7, 9]]
    assert [rows[ROW].to_list() for rows in crowded.together()] == [list(range(1, 10))]
    assert list(Buckets(memory_bytes=0).together()) == []
