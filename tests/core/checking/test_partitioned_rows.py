"""Rows judge each other alike whether they are judged all at once or in partitions, some students at a time."""

import functools
from random import Random

import polars as pl
import pytest

from tests.core.worlds import REFERENCE, ROWS, STUDENTS, enrollment_row, make_file, make_reference, write
from tidegate.core.checking import Focus, check
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.reading.limits import Limits
from tidegate.core.reference.folder import ReferenceFolder
from tidegate.core.rules.expressions import ROW, value
from tidegate.core.rules.rule import FileRule, Severity
from tidegate.file_types import find

FOCUS = Focus(SchoolYear(2020))
AT_ONCE = Limits(chunk_bytes=1 << 23, partition_count=1)
PARTITIONS = [
    Limits(chunk_bytes=2_000, kept_bytes=0, partition_count=1),
    Limits(chunk_bytes=2_000, kept_bytes=0, partition_count=2),
    Limits(chunk_bytes=1_000, kept_bytes=3_000, partition_count=5),
    Limits(chunk_bytes=1 << 23, kept_bytes=0, partition_count=97),
]


def judge(path, kind, limits, *, rules=None, reference=REFERENCE):
    tables = ReferenceFolder(reference)
    return check(path, kind.layout, rules or kind.rules, focus=FOCUS, tables=tables, limits=limits)


def said(checked):
    counts = checked.row_count, checked.error_count, checked.severities, checked.has_findings
    return counts, checked.findings.rows(), checked.is_bad.to_list()


ACROSS = {
    "student-enrollment": {"ENR301", "ENR302", "ENR501", "ENR502", "ENR503", "ENR504"},
    "cte": {"CTE301"},
    "new-state-id": {"NSI301"},
    "student-information": set(),
    "cte-outcome": set(),
}


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    return make_reference(tmp_path_factory.mktemp("state") / "reference")


@pytest.fixture(scope="module")
def worlds(tmp_path_factory, reference):
    """Return a random file of a type; what is said of it where its rows are judged all at once; and its codes."""

    @functools.cache
    def make(slug, seed):
        path = make_file(tmp_path_factory.mktemp("world") / "upload.csv", find(slug), Random(seed), count=300)
        checked = judge(path, find(slug), AT_ONCE, reference=reference)
        return path, said(checked), set(checked.findings["code"])

    return make


@pytest.mark.parametrize("limits", PARTITIONS, ids=lambda limits: f"{limits.partition_count}-partitions")
@pytest.mark.parametrize("slug", ROWS)
def test_rows_judge_each_other_alike_in_partitions(worlds, reference, slug, limits):
    path, at_once, _ = worlds(slug, PARTITIONS.index(limits))
    assert said(judge(path, find(slug), limits, reference=reference)) == at_once


@pytest.mark.parametrize("slug", ROWS)
def test_the_rows_that_are_compared_break_every_rule_across_rows(worlds, slug):
    assert ACROSS[slug] <= set().union(*(worlds(slug, seed)[2] for seed in range(len(PARTITIONS))))


def test_a_student_who_has_the_whole_file_is_judged_in_one_partition(tmp_path):
    kind, chance = find("student-enrollment"), Random(1)
    rows = [enrollment_row(chance) | {"StateStudentID": "900000001"} for _ in range(200)]
    path = write(tmp_path / "upload.csv", kind, rows)
    assert said(judge(path, kind, PARTITIONS[1])) == said(judge(path, kind, AT_ONCE))


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

    def prefilter(self, rows):
        """Return all rows, and remember them."""
        self.seen.append(rows.filter(pl.col(ROW).is_not_null()))
        return rows

    def broken(self):
        """True where another row has the grade."""
        return pl.col(ROW).is_not_null() & (pl.col(ROW).count().over("GradeLevel:value") > 1)

    def message_values(self):
        """Return how many rows have it."""
        return {"count": pl.col(ROW).count().over("GradeLevel:value"), "number": value("StateStudentID")}


class CrowdedByStudent(Crowded):
    """Two rows at least of a student have the grade.

    What it checks: A grade stands in the file once for each student.

    How to fix it: Delete the other rows.
    """

    code = "ENR398"
    partition_by = ("StateStudentID:value",)


def test_a_file_type_whose_rules_have_nothing_in_common_is_judged_as_a_whole(worlds):
    path, kind, rule = worlds("student-enrollment", 1)[0], find("student-enrollment"), Crowded()
    rules = [*kind.rules, rule]
    checked = judge(path, kind, PARTITIONS[3], rules=rules)
    assert said(checked) == said(judge(path, kind, AT_ONCE, rules=rules))
    assert {seen.height for seen in rule.seen} == {checked.row_count}


def test_no_student_stands_in_two_partitions_and_who_has_no_number_is_spread(worlds):
    path, kind, rule = worlds("student-enrollment", 1)[0], find("student-enrollment"), CrowdedByStudent()
    checked = judge(path, kind, PARTITIONS[3], rules=[rule])
    together = [seen["StateStudentID:value"] for seen in rule.seen]
    in_partitions = [number for numbers in together for number in numbers.drop_nulls().unique()]
    assert len(in_partitions) == len(set(in_partitions)) > len(STUDENTS) / 2
    assert sum(numbers.len() for numbers in together) == checked.row_count
    assert sum(numbers.null_count() > 0 for numbers in together) > 1


class ReadsTexts(FileRule):
    """The number begins with two zeros, and other rows have the first digit of the grade.

    What it checks: No number begins with two zeros.

    How to fix it: Correct the number.
    """

    code = "ENR397"
    message = "{number} {before} {minutes}"
    columns = ("StateStudentID", "GradeLevel", "SchoolStudentID")
    partition_by = ("StateStudentID:value",)
    good = bad = ()

    def broken(self):
        """True where both texts say so."""
        is_first = value("GradeLevel").str.starts_with("0")
        return value("StateStudentID").str.starts_with("00") & is_first.any().over("StateStudentID:value")

    def message_values(self):
        """Return the texts, and what the texts come to as numbers."""
        number = value("StateStudentID")
        total = value("SchoolStudentID").cast(pl.Int64).sum().over(number)
        return {"number": number, "before": number.shift(1).over(number), "minutes": total}


@pytest.mark.parametrize("limits", [AT_ONCE, PARTITIONS[2]], ids=["at once", "in partitions"])
def test_a_rule_across_rows_reads_texts_with_their_zeros(tmp_path, limits):
    kind, chance = find("student-enrollment"), Random(1)
    same = {"StateStudentID": "001234567", "GradeLevel": "07", "SchoolStudentID": "030"}
    path = write(tmp_path / "upload.csv", kind, [enrollment_row(chance) | same for _ in range(2)])
    checked = judge(path, kind, limits, rules=[ReadsTexts()])
    found = checked.findings.filter(code=ReadsTexts.code)
    assert found["message"].to_list() == ["001234567  60", "001234567 001234567 60"]


LEAVES_CONCURRENT_OPEN = {
    "SAUID": "1000",
    "SchoolID": "1001",
    "StateStudentID": STUDENTS[0],
    "SchoolStudentID": "1",
    "EnrollmentType": "P",
    "GradeLevel": "11",
    "EntryDate": "2020-09-01",
    "StartStatus": "02",
    "ResidentSAUID": "1000",
    "ExitDate": "2020-09-02",
    "ExitType": "02",
}


def test_a_row_and_those_that_repeat_it_turn_bad_together_however_many_they_are(tmp_path, reference):
    kind, rounds = find("student-enrollment"), []
    for count in (2, 50):
        rule = CrowdedByStudent()
        path = write(tmp_path / "upload.csv", kind, [LEAVES_CONCURRENT_OPEN] * count)
        checked = judge(path, kind, AT_ONCE, rules=[*kind.rules, rule], reference=reference)
        assert checked.findings["code"].to_list().count("ENR504") == checked.error_count == count
        rounds.append(len(rule.seen))
    assert rounds[0] == rounds[1]


def test_rules_are_asked_again_about_those_only_who_have_a_row_that_turned_bad(tmp_path, reference):
    kind, rule = find("student-enrollment"), CrowdedByStudent()
    stays = [LEAVES_CONCURRENT_OPEN | {"StateStudentID": number, "ExitDate": "", "ExitType": ""} for number in STUDENTS]
    path = write(tmp_path / "upload.csv", kind, [*stays[1:], LEAVES_CONCURRENT_OPEN])
    checked = judge(path, kind, AT_ONCE, rules=[rule, *kind.rules], reference=reference)
    assert checked.error_count == 1
    assert [seen.height for seen in rule.seen] == [len(STUDENTS), 1]
