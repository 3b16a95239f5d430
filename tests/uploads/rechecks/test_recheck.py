"""What is on file is checked again when what it rests on has changed, and stands in a list until it fits."""

import random
import shutil
from datetime import date, timedelta

import polars as pl
import pytest
from django.db import transaction

from tests.uploads.lifecycle.processing.test_process import CTE_HEADER, ENROLLMENT_HEADER
from tidegate.core.layouts.school_year import SchoolYear as Year
from tidegate.file_types import find
from tidegate.records.import_folder import import_reference
from tidegate.records.models import CURRENT, Enrollment, Student, StudentVersion
from tidegate.records.state_hash import state_hash
from tidegate.records.stored_lines import lines_of
from tidegate.states.maine.models import CteRecord
from tidegate.uploads.lifecycle.decisions.undo import undo
from tidegate.uploads.models import Misfit, State
from tidegate.uploads.rechecks.check_lines import errors_of_lines
from tidegate.uploads.rechecks.recheck import recheck

CONCURRENT = "2000,2001,900000001,1,C,11,2020-09-01,02,1000,,{exit},{type},"
LINE = "1000,2001,900000001,1,01.0205,2021-01-25,,1.50,"


@pytest.fixture
def load(process_file, other_specialist, specialist):
    """Load a file of some lines."""

    def load_lines(*lines: str, **more):
        is_cte = lines[0].count(",") == CTE_HEADER.count(",")
        named = {"by": specialist} if is_cte else {"by": other_specialist, "organization_id": 2000}
        slug, header = ("cte", CTE_HEADER) if is_cte else ("student-enrollment", ENROLLMENT_HEADER)
        upload = process_file("\n".join([header, *lines, ""]), file_type=slug, **named | more)
        assert upload.state == State.FINISHED
        return upload

    return load_lines


def listed() -> list[tuple[str, str]]:
    return sorted((misfit.code, misfit.message) for misfit in Misfit.objects.filter(file_type="cte"))


def ended(day: str) -> str:
    return CONCURRENT.format(exit=day, type="02")


GOES_ON = CONCURRENT.format(exit="", type="")


def test_an_exit_before_the_records_begin_is_warned_of_and_listed(load):
    load(LINE)
    upload = load(ended("2020-12-01"))
    assert (upload.success_count, upload.warning_count) == (1, 1)
    (finding,) = upload.findings.all()
    assert finding.code == "ENR611"
    assert finding.message == (
        "This row leaves 1 CTE record on file without the enrollment that it needs: "
        "01.0205 at Capital Area Technical Center from 2021-01-25"
    )
    (misfit,) = Misfit.objects.all()
    assert (misfit.code, misfit.line_id) == ("CTE503", CteRecord.objects.get().pk)
    assert load(LINE).error_count == 1


def test_the_list_closes_by_itself_when_the_line_fits_again(load):
    load(LINE)
    load(ended("2020-12-01"))
    assert [code for code, _ in listed()] == ["CTE503"]
    load(ended("2021-02-01"))
    assert listed() == []


def test_the_list_closes_when_the_line_is_replaced(load):
    load(LINE)
    load(ended("2020-12-01"))
    load(LINE.replace("2021-01-25", "2020-09-01"))
    assert listed() == []


def test_a_new_enrollment_alone_closes_the_list(load):
    load(LINE)
    load(ended("2020-12-01"))
    load(GOES_ON.replace("2020-09-01", "2021-01-04"))
    assert listed() == []


def test_an_undo_of_the_exit_closes_the_list_and_one_of_the_remedy_opens_it(load, other_specialist):
    load(LINE)
    load(ended("2020-12-01"))
    remedy = load(ended("2021-02-01"))
    undo(remedy, by=other_specialist)
    assert [code for code, _ in listed()] == ["CTE503"]
    first = remedy.__class__.objects.get(pk=remedy.pk - 1)
    undo(first, by=other_specialist)
    assert listed() == []


def test_a_line_that_an_undo_restores_is_checked_anew(load, specialist):
    load(LINE)
    better = load(LINE.replace("2021-01-25", "2020-09-01"))
    load(ended("2020-12-01"))
    assert listed() == []
    undo(better, by=specialist)
    assert [code for code, _ in listed()] == ["CTE503"]


def test_a_check_alone_warns_and_leaves_the_list(load):
    load(LINE)
    assert load(ended("2020-12-01"), check_only=True).warning_count == 1
    assert listed() == []


def test_lines_of_a_group_say_no_row_of_a_file_that_nobody_sent(load):
    load(LINE, LINE.replace("2021-01-25", "2020-09-01"))
    load(ended("2020-12-01"))
    assert [code for code, _ in listed()] == ["CTE301", "CTE503"]
    assert listed()[0][1] == "Another row for the same student and CTE code has an error"


def test_what_a_new_code_list_makes_of_lines_is_found_by_a_recheck(load, tmp_path):
    Enrollment.objects.update(resident_sau_id=1000)  # the state's own list does not have it
    load(LINE)
    records = state_hash()
    assert recheck() == (5, 0)
    folder = tmp_path / "reference"
    shutil.copytree(find("cte").folder / "cases" / "all_good" / "reference", folder)
    codes = "Code,Title,FirstYear,LastYear\n01.0205,Agricultural mechanics,,{}\n"
    (folder / "cte_codes.csv").write_text(codes.format("2019-2020"))
    (folder / "enrollments.csv").write_text((folder / "enrollments.csv").read_text().splitlines()[0] + "\n")
    import_reference(folder, by=None)
    assert recheck() == (5, 1)
    assert [code for code, _ in listed()] == ["CTE403"]
    since = Misfit.objects.get().found_at
    assert recheck() == (5, 1)
    assert Misfit.objects.get().found_at == since
    (folder / "cte_codes.csv").write_text(codes.format(""))
    import_reference(folder, by=None)
    assert recheck() == (5, 0)
    assert state_hash() == records


def test_the_list_knows_whose_lines_they_are(load):
    load(LINE)
    load(ended("2020-12-01"))
    misfit = Misfit.objects.get()
    assert misfit.organization_id == 1000
    assert set(misfit.places) == {1000, 2001}


def test_slices_of_students_find_what_all_students_together_do(load):
    load(LINE, LINE.replace("900000001,1", "900000002,2"))
    load(ended("2020-12-01"), ended("2020-12-01").replace("900000001,1", "900000002,2"))
    lines = lines_of(find("cte"))
    with transaction.atomic():
        whole = [errors for _, errors in errors_of_lines(lines, Year(2020))]
        one_by_one = [errors for _, errors in errors_of_lines(lines, Year(2020), size=1)]
    assert (len(whole), len(one_by_one)) == (1, 2)
    assert pl.concat(whole).sort("id").equals(pl.concat(one_by_one).sort("id"))


def store_at_random(rng: random.Random) -> None:
    """Store enrollments and CTE records of which some do not fit, as later changes may have left them."""
    numbers = [f"9000010{number:02}" for number in range(60)]
    Student.objects.bulk_create([Student(number=number) for number in numbers])
    StudentVersion.objects.bulk_create([StudentVersion(student_id=number) for number in numbers])
    start = date(2020, 9, 1)
    day = lambda: start + timedelta(days=rng.randrange(0, 300))  # noqa: E731 - in this test alone
    for number in numbers:
        of_student = {"student_id": number, "school_year_id": 2020, "grade_level": "11", "start_status": "02"}
        if rng.random() < 0.9:
            Enrollment.objects.create(**of_student, sau_id=1000, school_id=1001, enrollment_type="P", entry_date=start)
        for _ in range(rng.choice([0, 1, 1, 1, 2])):
            entry = start if rng.random() < 0.5 else day()
            ends = rng.choice([None, None, entry + timedelta(days=rng.randrange(0, 200))])
            key = {"school_id": 2001, "enrollment_type": "C", "entry_date": entry}
            if not Enrollment.objects.filter(student_id=number, **key).exists():
                Enrollment.objects.create(**of_student, **key, sau_id=2000, exit_date=ends)
        for code in rng.sample(["01.0205", "13.1210", "47.0604", "51.0904"], rng.randrange(0, 3)):
            sau = rng.choice([1000, 1000, 2000])
            for _ in range(rng.choice([1, 1, 2, 3])):
                CteRecord.objects.create(
                    student_id=number,
                    school_year_id=2020,
                    sau_id=sau,
                    school_id=2001 if rng.random() < 0.97 else 1001,
                    cte_code=code,
                    start_date=day() if rng.random() < 0.97 else date(2019, 9, 1),
                    credits_earned=rng.choice(["0.50", "1.00"]),
                )


@pytest.mark.parametrize("seed", range(3))
def test_a_recheck_finds_exactly_the_lines_that_fail_when_sent_again(load, state, specialist, other_specialist, seed):
    store_at_random(random.Random(seed))
    records = state_hash()
    recheck()
    assert state_hash() == records
    found = set(Misfit.objects.filter(file_type="cte").values_list("line_id", flat=True))
    failing: set[int] = set()
    for sau, by in ((1000, specialist), (2000, other_specialist)):
        lines = list(CteRecord.objects.filter(CURRENT, sau_id=sau).order_by("pk"))
        rows = [
            f"{line.sau_id},{line.school_id},{line.student_id},,{line.cte_code},{line.start_date},,"
            f"{line.credits_earned},"
            for line in lines
        ]
        upload = load(*rows, by=by, organization_id=sau, check_only=True)
        bad = upload.findings.filter(severity="error").values_list("row", flat=True)
        failing |= {lines[row - 2].pk for row in bad}
    assert found == failing
    assert 0 < len(found) < CteRecord.objects.count()
