"""The lines on file come out as the files that bring them, and sent again they change nothing."""

import csv
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from django.utils import timezone

from tests.uploads.conftest import CTE_CENTER, OTHER_SAU, ROCK_STAR
from tests.uploads.lifecycle.loading.test_lines_stay_on_file import FIRST, SECOND, STUDENT, counts_of, file_of
from tidegate.audit.models import Event
from tidegate.core.errors import Refusal
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.file_types import find, find_all
from tidegate.records.exported_lines import exported_lines
from tidegate.records.models import Enrollment
from tidegate.records.stored_lines import stored_lines
from tidegate.reference.models import Organization
from tidegate.states.maine.models import CteRecord
from tidegate.uploads.lifecycle.decisions.undo import undo
from tidegate.uploads.lifecycle.exports.export_records import FORMS, ExportRequest, export_records, read_day

YEAR = SchoolYear(2020)
ENROLLED = "1000,1001,900000001,0012,P,11,2020-09-01,02,1000,011,,,"


def asked_for(organization_id: int | None = None, **more) -> ExportRequest:
    return ExportRequest(YEAR, Organization.objects.get(pk=organization_id) if organization_id else None, **more)


@pytest.fixture
def exported(tmp_path):
    """Export into a folder, and return the rows of each file by its name."""

    def export(organization_id: int | None = None, **more) -> dict[str, list[list[str]]]:
        folder = tmp_path / "exported"
        export_records(folder, asked_for(organization_id, **more))
        return {
            path.name: list(csv.reader(path.read_text("utf-8-sig").splitlines(keepends=True)))
            for path in folder.iterdir()
        }

    return export


def test_each_file_type_with_lines_has_a_file_its_sources_and_the_students(process_file, specialist, exported):
    upload = process_file(file_of(FIRST, SECOND), by=specialist, file_name="cte of Rock Star.csv")
    files = exported()
    names = ("cte", "cte_outcome", "student_enrollment", "student_information", "students")
    assert files.keys() == {f"{name}{more}.csv" for name in names for more in ("", "_sources")}
    assert files["cte.csv"] == [line.split(",") for line in file_of(FIRST, SECOND).splitlines()]
    versions = list(CteRecord.objects.order_by("start_date").values_list("pk", flat=True))
    sent_at = timezone.localtime(upload.sent_at).isoformat(timespec="seconds")
    about = [str(upload.pk), "cte of Rock Star.csv", sent_at, "1000"]
    assert files["cte_sources.csv"] == [
        ["Line", "Change", "FileName", "SentAt", "OrganizationID", "Version"],
        ["2", *about, str(versions[0])],
        ["3", *about, str(versions[1])],
    ]
    assert [row[0] for row in files["students.csv"][1:]] == sorted(
        set(Enrollment.objects.values_list("student_id", flat=True))
    )
    imported = files["student_enrollment_sources.csv"][1]
    assert (imported[0], imported[2:5]) == ("2", ["", "", ""])  # an import is a change, and has no file


def test_the_name_of_a_file_does_not_run_in_a_spreadsheet(process_file, specialist, exported):
    process_file(file_of(FIRST), by=specialist, file_name="=1+1.csv")
    assert exported()["cte_sources.csv"][1][2] == "'=1+1.csv"


def test_an_export_is_written_as_the_sample_file_is(process_file, specialist, tmp_path):
    process_file(file_of(FIRST), by=specialist)
    export_records(tmp_path / "out", asked_for(ROCK_STAR))
    sample = find("cte").sample_csv(YEAR)
    content = (tmp_path / "out" / "cte.csv").read_bytes().decode()
    assert content.splitlines(keepends=True)[0] == sample.splitlines(keepends=True)[0]
    assert content.count("\r\n") == content.count("\n") == 2


@pytest.mark.parametrize("file_type", [slug for slug, kind in find_all().items() if kind.layout.on_file])
def test_every_column_of_the_layout_is_stored(state, file_type):
    lines = next(each for each in stored_lines() if each.file_type.slug == file_type)
    file = exported_lines(lines, YEAR)
    assert file.titles == [column.name for column in find(file_type).layout.columns_in(YEAR)]
    assert file.not_stored == []


WRITTEN = [
    '=HYPERLINK("http://example.org",1)',
    "- see the file of 2019",
    'two\nlines, with "quotes" and a comma',
    "N/A",
    "Mme Noël, née Đặng",
    "'in apostrophes'",
    "",
]


@pytest.mark.parametrize("written", WRITTEN)
def test_what_people_write_comes_back_without_a_finding(process_file, specialist, tmp_path, written):
    Enrollment.objects.all().delete()
    header = ",".join(find("student-enrollment").layout.columns)
    lines = [ENROLLED, ENROLLED.replace("900000001", "900000002")]
    process_file("\n".join([header, *lines, ""]), by=specialist, file_type="student-enrollment")
    Enrollment.objects.update(comments=written, school_student_id="NA" if written == "N/A" else "0012")
    export_records(tmp_path / "out", asked_for(ROCK_STAR))
    content = (tmp_path / "out" / "student_enrollment.csv").read_bytes()
    again = process_file(content, by=specialist, file_type="student-enrollment")
    assert (list(again.findings.values_list("code", flat=True)), counts_of(again)) == ([], (2, 0, 0, 0, 2))


def test_an_organization_gets_the_lines_that_it_may_send_and_their_students(process_file, specialist, exported):
    process_file(file_of(FIRST), by=specialist)
    of_district, of_center, of_owner = (exported(each) for each in (ROCK_STAR, CTE_CENTER, OTHER_SAU))
    assert of_district["cte.csv"] == of_center["cte.csv"] == of_owner["cte.csv"]
    assert {row[1] for row in of_center["student_enrollment.csv"][1:]} == {str(CTE_CENTER)}
    students = {row[2] for name in ("cte.csv", "student_enrollment.csv") for row in of_district[name][1:]}
    assert [row[0] for row in of_district["students.csv"][1:]] == sorted(students)


def test_a_day_shows_what_was_on_file_at_its_end(process_file, specialist, exported):
    process_file(file_of(FIRST), by=specialist)
    second = process_file(file_of(FIRST.replace("1.50", "2.50")), by=specialist)
    evening = datetime(2021, 3, 1, 23, 59, 59, tzinfo=timezone.get_current_timezone())
    CteRecord.objects.filter(replaced_at__isnull=False).update(valid_from=evening, replaced_at=evening + timedelta(1))
    CteRecord.objects.filter(replaced_at__isnull=True).update(valid_from=evening + timedelta(1))

    def credits_on(day: str) -> list[str]:
        return [row[7] for row in exported(as_of=read_day(day))["cte.csv"][1:]]

    assert [credits_on(day) for day in ("2021-02-28", "2021-03-01", "2021-03-02")] == [[], ["1.50"], ["2.50"]]
    undo(second, by=specialist)
    today = timezone.localdate()
    assert [credits_on(day) for day in ("2021-03-01", "2021-03-02", str(today))] == [["1.50"], ["2.50"], ["1.50"]]


@pytest.mark.parametrize("day", ["2020-02-30", "tomorrow", "20200230", "2020-1"])
def test_a_day_that_is_none_is_refused(day):
    with pytest.raises(Refusal):
        read_day(day)


def test_parquet_has_the_same_lines_with_their_types(process_file, specialist, tmp_path):
    process_file(file_of(FIRST, SECOND), by=specialist)
    export_records(tmp_path / "out", asked_for(), form=FORMS["parquet"])
    read = pl.read_parquet(tmp_path / "out" / "cte.parquet")
    assert read.schema["StartDate"] == pl.Date
    assert read.schema["CreditsEarned"] == pl.Decimal(12, 4)
    assert read["StateStudentID"].to_list() == [STUDENT, STUDENT]
    assert pl.read_parquet(tmp_path / "out" / "cte_sources.parquet")["Line"].to_list() == [2, 3]


def test_an_export_leaves_an_event_and_no_cell_of_it(process_file, specialist, exported):
    exported(ROCK_STAR, as_of=datetime(2020, 10, 1, tzinfo=UTC).date())
    event = Event.objects.get(act="records.exported")
    assert (event.organization_id, event.school_year) == (ROCK_STAR, "2020-2021")
    assert event.details == {"form": "csv", "as_of": "2020-10-01"}
