"""Every cell of a snapshot is as plain SQL over the records said when it was taken, whatever became of them since."""

from dataclasses import replace
from datetime import date

import pytest
from django.db import transaction

from tests.accountability import sql_oracle as oracle
from tests.accountability.reports.test_participation import numbers
from tests.accountability.reports.test_student_count import counts
from tests.accountability.wide_state import YEAR, WideState
from tidegate.accountability.counting.enrolled_students import MEASURES, enrolled_students
from tidegate.accountability.definitions.definition import DefinitionFile, find_definition
from tidegate.accountability.indicators import find_indicators
from tidegate.accountability.models import Snapshot
from tidegate.accountability.periods.period import find_period
from tidegate.accountability.reports.student_count import title_of
from tidegate.accountability.snapshots.take import take_snapshot
from tidegate.reference.models import SchoolYear

SAMPLE, ALL = 1, 50
INDICATORS = ("3S1", "4S1", "5S1", "5S2", "5S3")
REACHES = (None, ["1002"], ["2000", "2001", "2002"])
LISTS = ("one-short", "no-line")


def expected_of(files: list[DefinitionFile]) -> dict:
    """Return all that the oracle says of what is on file."""
    said: dict = {("count", reach): cells for reach, cells in oracle.october_count(REACHES).items()}
    for place, file in enumerate(files):
        by_reach, listed = oracle.participation(file, REACHES)
        said |= {("participation", place, reach): cells for reach, cells in by_reach.items()}
        said |= {(measure, place): listed[measure] for measure in LISTS}
        for code in INDICATORS:
            said |= {(code, place, reach): cells for reach, cells in oracle.indicator(code, file, REACHES).items()}
    return said


def found_in(october: Snapshot, year_end: Snapshot, files: list[DefinitionFile]) -> dict:
    """Return what the snapshots say, in the same shape."""
    by_title = {title_of(table): table for table in oracle.TABLES}
    said: dict = {}
    for reach in REACHES:
        cells = counts(october, reach)
        said["count", str(reach)] = {(by_title[by], keys): (count,) for (by, keys), count in cells.items() if count}
    for place, file in enumerate(files):
        definition = replace(find_definition("2020-2021"), file=file)
        for reach in REACHES:
            cells = numbers(year_end, definition, reach)
            said["participation", place, str(reach)] = {
                cell: (*of, earned) for cell, (of, earned) in cells.items() if any(of)
            }
            for code in INDICATORS:
                cells = find_indicators()[code].counts(year_end, reach=reach, definition=definition)
                said[code, place, str(reach)] = {
                    (each.category, each.key): (each.numerator, each.denominator) for each in cells if each.denominator
                }
        for measure in LISTS:
            listed = enrolled_students(year_end, definition, {"measure": measure}, reach=None)
            said[measure, place] = {(each.number, each.school, each.program) for each in listed}
    return said


def check_state(seed: int) -> dict:
    state = WideState(seed)
    files = [state.definition(), state.definition()]
    year, said = SchoolYear.objects.get(first=YEAR), expected_of(files)
    october = take_snapshot(find_period("cte-october-count"), year, by=None)
    year_end = take_snapshot(find_period("cte-year-end"), year, by=None, on=date(YEAR + 1, 6, 20))
    state.change_everything()
    found = found_in(october, year_end, files)
    for name, cells in said.items():
        assert found[name] == cells, (seed, name, files)
    return said


@pytest.mark.timeout(7200)  # with --long; the sample takes seconds
def test_every_cell_is_as_sql_over_the_records_says(request, db):
    """Each claim of the oracle counts somebody, so that none holds by being empty."""
    assert tuple(MEASURES) == tuple(oracle.MEASURES)
    seen: dict[str, int] = {}
    for seed in range(ALL if request.config.getoption("--long") else SAMPLE):
        with transaction.atomic():
            for name, cells in check_state(seed).items():
                seen[name[0]] = seen.get(name[0], 0) + len(cells)
            transaction.set_rollback(True)
    assert min(seen.values()) > 5, seen
