"""What the rules let through holds together with what is stored."""

import csv
from collections import defaultdict
from datetime import date
from itertools import pairwise
from pathlib import Path
from random import Random

import polars as pl
import pytest

from tests.core.worlds import make_file, make_reference
from tidegate.core.checking import Focus, check
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.reading.limits import NO_LIMITS, Limits
from tidegate.core.reference.folder import ReferenceFolder
from tidegate.file_types import find

KIND = find("student-enrollment")
KEY = ("StateStudentID:value", "school.id", "EnrollmentType:value", "EntryDate:value")
CELLS = list(KIND.layout.columns)
CORPUS = Path(__file__).parents[2] / "corpus" / "reference"
ENROLLMENT = "1000,1001,900000001,1,P,11,2020-09-01,02,1000,,,,"


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    return make_reference(tmp_path_factory.mktemp("state") / "reference")


def judge(path, reference, limits=NO_LIMITS):
    tables = ReferenceFolder(reference)
    return check(path, KIND.layout, KIND.rules, focus=Focus(SchoolYear(2020)), tables=tables, limits=limits)


def stored_enrollments(reference):
    with (reference / "enrollments.csv").open() as file:
        for row in csv.DictReader(file):
            left = row["ExitDate"] and date.fromisoformat(row["ExitDate"])
            school, entry = int(row["SchoolID"]), date.fromisoformat(row["EntryDate"])
            yield (row["StateStudentID"], school, row["EnrollmentType"], entry), left or date.max


@pytest.mark.parametrize("seed", range(5))
def test_after_the_good_rows_are_loaded_every_student_is_at_one_place_at_a_time(tmp_path, reference, seed):
    checked = judge(make_file(tmp_path / "upload.csv", KIND, Random(seed), count=600), reference)
    ends = dict(stored_enrollments(reference))
    good = {tuple(key): left or date.max for *key, left in checked.good_rows.select(*KEY, "ExitDate:value").rows()}
    assert len(good) > 50
    ends.update(good)
    periods = defaultdict(list)
    for (student, _, kind, entry), left in ends.items():
        if kind == "P":
            periods[student].append((entry, left))
    for of_student in periods.values():
        of_some_length = [(entry, left) for entry, left in sorted(of_student) if entry < left]
        for (_, left), (entry, _) in pairwise(of_some_length):
            assert left <= entry
    for (student, _, kind, entry), left in good.items():
        if kind == "C":
            assert any(begin <= entry and left <= end for begin, end in periods[student])


@pytest.mark.parametrize("seed", range(5))
def test_a_row_and_one_that_repeats_it_are_both_loaded_or_neither(tmp_path, reference, seed):
    checked = judge(make_file(tmp_path / "upload.csv", KIND, Random(seed), count=600), reference)
    verdicts = defaultdict(set)
    for *cells, is_bad in checked.rows.select(*CELLS, "row_is_bad").rows():
        verdicts[tuple(cells)].add(is_bad)
    assert len(verdicts) < checked.row_count
    assert all(len(verdict) == 1 for verdict in verdicts.values())


@pytest.mark.parametrize("limits", [NO_LIMITS, Limits(chunk_bytes=150, kept_bytes=150)])
@pytest.mark.parametrize(
    ("rows", "told"),
    [("bad good", {}), ("good bad", {}), ("bad good good", {4: 3}), ("good bad good", {4: 2})],
)
def test_a_row_repeats_only_one_that_is_loaded(tmp_path, limits, rows, told):
    one_cell_too_many = f"{ENROLLMENT},x"
    lines = [{"good": ENROLLMENT, "bad": one_cell_too_many}[each] for each in rows.split()]
    path = tmp_path / "upload.csv"
    path.write_text("\n".join([",".join(CELLS), *lines, ""]))
    checked = judge(path, CORPUS, limits)
    assert checked.rows["row_is_bad"].to_list() == [each == "bad" for each in rows.split()]
    found = checked.findings.filter(pl.col("code") == "ENR302").select("row", "message").rows()
    assert found == [(row, f"The row repeats row {of}") for row, of in told.items()]
