"""What the rules let through holds together with what is stored."""

import csv
from collections import defaultdict
from datetime import date
from itertools import pairwise
from random import Random

import pytest

from tests.core.worlds import make_file, make_reference
from tidegate.core.checking import Focus, check
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.reference.folder import ReferenceFolder
from tidegate.file_types import find

KIND = find("student-enrollment")
KEY = ("StateStudentID:value", "school.id", "EnrollmentType:value", "EntryDate:value")
CELLS = list(KIND.layout.columns)


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    return make_reference(tmp_path_factory.mktemp("state") / "reference")


def judge(path, reference):
    return check(path, KIND.layout, KIND.rules, focus=Focus(SchoolYear(2020)), tables=ReferenceFolder(reference))


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
