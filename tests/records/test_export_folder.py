"""What is exported can be imported, and comes out the same again."""

import pytest
from django.db import connection

from tests.records.conftest import LINES
from tidegate.audit.models import Event
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.reference.table import required_files
from tidegate.records.export_folder import export_reference
from tidegate.records.import_folder import import_reference

pytestmark = pytest.mark.django_db

TRICKY = [
    '900000001,"Smith, Jr.","He said ""hi""",,2004-05-17,F',
    "900000002,Ñandú,Élodie,NA,1899-12-31,X",
    "900000003,,,,,",
]


def read_all(folder) -> dict[str, bytes]:
    return {file.file_name: (folder / file.file_name).read_bytes() for file in required_files()}


def empty_database() -> None:
    tables = ("records_enrollment", "records_studentversion", "records_student", "reference_code",
              "reference_organization", "reference_schoolyear")  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in tables:
            cursor.execute(f"DELETE FROM {table}")


def test_a_round_trip_through_an_empty_database_gives_identical_files(write_folder, tmp_path):
    import_reference(write_folder(students=TRICKY), by=None)
    export_reference(tmp_path / "first")
    empty_database()
    import_reference(tmp_path / "first", by=None)
    export_reference(tmp_path / "second")
    assert read_all(tmp_path / "first") == read_all(tmp_path / "second")


def test_the_files_are_what_was_imported(write_folder, tmp_path):
    folder = write_folder(students=TRICKY)
    import_reference(folder, by=None)
    sizes = export_reference(tmp_path / "out")
    sent = folder / "organizations.csv"
    header, *rows = sent.read_text(encoding="utf-8").splitlines()  # of a release that knew no ClosedOn
    sent.write_text("\n".join([f"{header},ClosedOn", *(f"{row}," for row in rows), ""]), encoding="utf-8")
    for name, content in read_all(tmp_path / "out").items():
        assert content.decode() == (folder / name).read_text(encoding="utf-8")
        assert sizes[name] == len(content)


def test_a_replaced_version_is_not_exported(write_folder, tmp_path):
    import_reference(write_folder(), by=None)
    import_reference(write_folder(students=["900000001,Backbeat,Aria,,2004-05-17,F"]), by=None)
    export_reference(tmp_path / "out")
    students = (tmp_path / "out" / "students.csv").read_text(encoding="utf-8")
    assert "Backbeat" in students
    assert "Amplifier" not in students


def test_one_school_year_leaves_out_the_enrollments_of_others(write_folder, tmp_path):
    older = "2019-2020,1000,1001,900000001,,P,10,2019-09-01,02,2020-06-30,01"
    import_reference(write_folder(enrollments=[older, *LINES["enrollments.csv"]]), by=None)
    export_reference(tmp_path / "out", school_year=SchoolYear(2019))
    lines = (tmp_path / "out" / "enrollments.csv").read_text(encoding="utf-8").splitlines()
    assert lines[1:] == [older]
    assert Event.objects.filter(act="reference.exported").get().school_year == "2019-2020"
