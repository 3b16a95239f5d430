"""A file and what is on file are compared cell by cell, as loading would match them."""

import csv
import json

import pytest
from typer.testing import CliRunner

from tests.uploads.conftest import ROCK_STAR
from tests.uploads.lifecycle.exports.test_export_records import asked_for
from tests.uploads.lifecycle.loading.test_lines_stay_on_file import FIRST, SECOND, STUDENT, file_of
from tidegate.audit.models import Event
from tidegate.cli.main import app
from tidegate.core.errors import Refusal
from tidegate.core.layouts.mapping import ColumnMapping
from tidegate.file_types import find
from tidegate.records.differences import Differences, LineDifferenceKind
from tidegate.records.models import Enrollment
from tidegate.states.maine.models import CteRecord
from tidegate.uploads.lifecycle.exports.export_records import export_records
from tidegate.uploads.lifecycle.exports.reconcile import reconcile
from tidegate.uploads.saved_mappings import save_mapping


@pytest.fixture
def compare(tmp_path):
    """Compare a text with what Rock Star has on file."""

    def compare_with(content: str | bytes, file_type: str = "cte", **more) -> Differences:
        path = tmp_path / "compared.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return reconcile(path, find(file_type), asked_for(ROCK_STAR), **more)

    return compare_with


@pytest.fixture
def stored(process_file, specialist):
    return process_file(file_of(FIRST, SECOND), by=specialist)


def told(found: Differences) -> list[tuple]:
    return [(each.kind, each.row, each.cells) for each in found]


def test_what_is_exported_is_the_same_as_what_is_on_file(compare, stored, tmp_path):
    export_records(tmp_path / "out", asked_for(ROCK_STAR))
    for name in ("cte", "student_enrollment"):
        found = compare((tmp_path / "out" / f"{name}.csv").read_bytes(), name)
        assert found.are_equal
        assert found.counts["same"] > 0


def test_cells_are_compared_by_what_they_mean(compare, stored):
    other_way = file_of(SECOND.replace("2020-10-05", "10/5/2020").replace("2.00", "2"), FIRST)
    assert compare(other_way).are_equal


def test_a_file_is_read_by_the_saved_mapping_of_its_organization(compare, stored, specialist):
    theirs = file_of(FIRST, SECOND).replace("CTECode", "CIP Code").replace("2001", "CATC1")
    with pytest.raises(Refusal, match="CIP Code"):
        compare(theirs)
    said = ColumnMapping({"CIP Code": "CTECode"}, {"SchoolID": {"CATC1": "2001"}})
    save_mapping(organization=stored.organization, file_type=find("cte"), mapping=said, by=specialist)
    assert compare(theirs).are_equal


def test_a_line_with_other_cells_is_shown_cell_by_cell(compare, stored):
    found = compare(file_of(FIRST, SECOND.replace("2.00", "2.5").replace("0012", "12")))
    assert found.counts == {"same": 1, "differ": 1, "only_in_file": 0, "only_on_file": 0, "not_compared": 0}
    assert told(found) == [
        (LineDifferenceKind.DIFFERS, 3, (("SchoolStudentID", "12", "0012"), ("CreditsEarned", "2.5", "2.00")))
    ]


def test_what_is_left_of_a_group_is_paired_by_its_first_day(compare, stored):
    found = compare(file_of(SECOND.replace("2.00", "3.00"), FIRST.replace("1.50", "4.00")))
    assert [(row, cells) for _, row, cells in told(found)] == [
        (2, (("CreditsEarned", "3.00", "2.00"),)),
        (3, (("CreditsEarned", "4.00", "1.50"),)),
    ]


def test_a_line_that_only_one_of_both_has_is_named(compare, stored):
    found = compare(file_of(FIRST, FIRST, SECOND.replace(STUDENT, "900000002")))
    assert [each[:2] for each in told(found)] == [
        (LineDifferenceKind.DIFFERS, 3),
        (LineDifferenceKind.ONLY_IN_FILE, 4),
    ]
    found = compare(file_of(SECOND))
    ((kind, row, _),) = told(found)
    assert (kind, row, next(iter(found)).line["StartDate"]) == (LineDifferenceKind.ONLY_ON_FILE, None, "2020-09-01")


def test_a_cell_that_cannot_be_read_differs(compare, stored):
    found = compare(file_of(FIRST, SECOND.replace("2020-10-05,,", "2020-10-05,2020-13-40,")))
    assert told(found) == [(LineDifferenceKind.DIFFERS, 3, (("EndDate", "2020-13-40", ""),))]


def test_a_row_that_names_no_line_says_why(compare, stored):
    found = compare(file_of(FIRST, SECOND, SECOND.replace("01.0205", "43"), SECOND.replace("1000,2001", "2000,2002")))
    assert [each[:2] for each in told(found)] == [
        (LineDifferenceKind.NOT_COMPARED, 4),
        (LineDifferenceKind.NOT_COMPARED, 5),
    ]
    code, organization = (each.reason for each in found)
    assert code == 'CTECode "43" is not known'
    assert organization.endswith("(2000); the file was sent for Rock Star Public Schools")


def test_a_row_of_another_organization_is_not_compared_with_its_lines(compare, stored):
    enrolled = Enrollment.objects.filter(sau_id=2000).first()
    assert enrolled is not None
    row = f"2000,{enrolled.school_id},{enrolled.student_id},,P,11,{enrolled.entry_date},02,2000,,,,"
    found = compare("\n".join([",".join(find("student-enrollment").layout.columns), row, ""]), "student-enrollment")
    first = next(iter(found))
    assert (first.kind, first.row) == (LineDifferenceKind.NOT_COMPARED, 2)
    assert "Rock Star" in first.reason


def test_a_file_that_cannot_be_read_is_refused_with_its_own_sentence(compare, stored):
    with pytest.raises(Refusal, match="The file is empty"):
        compare("")


def test_nothing_is_stored_but_an_event(compare, stored, specialist):
    before = list(CteRecord.objects.order_by("pk").values_list())
    compare(file_of(FIRST.replace("1.50", "9")), by=specialist)
    assert list(CteRecord.objects.order_by("pk").values_list()) == before
    event = Event.objects.get(act="records.reconciled")
    assert (event.person_email, event.organization_id, event.details) == (specialist.email, 1000, {"file_type": "cte"})


def test_all_three_forms_tell_the_same(compare, stored):
    found = compare(file_of(FIRST, SECOND.replace("2.00", "2.50")))
    whole = json.loads("".join(found.in_json()))
    assert whole["counts"] == found.counts
    assert whole["differences"][0]["cells"] == [{"column": "CreditsEarned", "in_file": "2.50", "on_file": "2.00"}]
    header, line = csv.reader("".join(found.in_csv()).splitlines())
    assert dict(zip(header, line, strict=True))["On file"] == "2.00"
    words = "".join(found.in_words())
    assert words.startswith("1 line is the same, 1 differs, 0 are only in the file, 0 are only on file.\n")
    assert "CreditsEarned  2.50         2.00" in words


def test_the_commands_write_and_compare_and_say_so_by_their_exit_status(stored, tmp_path):
    of = ["--school-year", "2020-2021", "--organization", "1000"]
    run = CliRunner().invoke(app, ["export-records", str(tmp_path / "out"), *of])
    files = ["student_enrollment.csv", "student_information.csv", "cte.csv", "cte_outcome.csv", "students.csv"]
    assert run.output.splitlines()[: len(files)] == files
    path, options = tmp_path / "out" / "cte.csv", ["--file-type", "cte", *of]
    assert CliRunner().invoke(app, ["reconcile", str(path), *options]).exit_code == 0
    path.write_text(path.read_text().replace("2.00", "2.50"))
    run = CliRunner().invoke(app, ["reconcile", str(path), *options, "--format", "csv"])
    assert (run.exit_code, "differs,3,CreditsEarned,2.50,2.00," in run.stdout) == (1, True)
    for odd in (["--organization", "77"], ["--school-year", "1999-2000"], ["--as-of", "never"]):
        assert isinstance(CliRunner().invoke(app, ["reconcile", str(path), *options, *odd]).exception, Refusal)
