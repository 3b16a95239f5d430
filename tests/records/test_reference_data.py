"""The database answers as the reference folder does, and only for the keys that are asked for."""

import polars as pl
import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from psycopg import sql

from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.reference.codes import Codes
from tidegate.core.reference.enrollments import Enrollments
from tidegate.core.reference.folder import ReferenceData, ReferenceFolder
from tidegate.core.reference.organizations import Organizations
from tidegate.core.reference.students import Students
from tidegate.records.import_folder import import_reference
from tidegate.records.models import Enrollment
from tidegate.records.reference_data import ReferenceDatabase

pytestmark = pytest.mark.django_db

NUMBERS = pl.Series([900000002, 900000002, 900000001, 999999999, 12, None], dtype=pl.UInt32)
YEAR = SchoolYear(2020)


@pytest.fixture
def both(write_folder) -> tuple[ReferenceData, ReferenceData]:
    folder = write_folder()
    import_reference(folder, by=None)
    return ReferenceDatabase(), ReferenceFolder(folder)


def test_database_and_folder_give_the_same_columns(both):
    database, folder = both
    pairs = [
        (database.organizations(), folder.organizations(), Organizations.schema),
        (database.codes("cte_codes"), folder.codes("cte_codes"), Codes.schema),
        (database.students(NUMBERS), folder.students(NUMBERS), Students.schema),
        (database.enrollments(NUMBERS, YEAR), folder.enrollments(NUMBERS, YEAR), Enrollments.schema),
    ]
    for ours, theirs, schema in pairs:
        assert ours.schema == schema
        assert ours.sort(pl.all()).equals(theirs.sort(pl.all()))


def test_a_blank_local_id_is_null(both):
    assert both[0].organizations().filter(pl.col("id") == 1000)["local_id"].to_list() == [None]


def test_only_what_is_asked_for_is_answered(both):
    database, _ = both
    assert database.students(pl.Series([900000001]))["student_number"].to_list() == [900000001]
    assert database.enrollments(pl.Series([900000001]), YEAR).height == 2
    assert database.enrollments(NUMBERS, SchoolYear(2019)).is_empty()
    assert database.students(pl.Series([], dtype=pl.UInt32)).schema == Students.schema


def test_replaced_enrollments_are_not_answered(both):
    Enrollment.objects.filter(enrollment_type="C").update(replaced_at="2020-10-01T00:00Z")
    assert "C" not in both[0].enrollments(NUMBERS, YEAR)["enrollment_type"]


def test_the_number_of_questions_does_not_grow_with_the_file(both):
    many = pl.Series(range(900_000_000, 900_005_000))
    with CaptureQueriesContext(connection) as queries:
        assert both[0].students(many).height == 2
    assert len(queries) < 10


def test_others_are_locked_with_the_students_of_a_file(both):
    database = ReferenceDatabase(is_locking=True, others=sql.SQL("SELECT 900000002"))
    database.note_students(pl.Series([900000001], dtype=pl.UInt32))
    database.lock_noted()
    database.check_locked(pl.Series([900000001, 900000002], dtype=pl.UInt32))
    with pytest.raises(IntegrityError):
        database.check_locked(pl.Series([900000001, 900000003], dtype=pl.UInt32))


def test_a_file_without_students_locks_nobody(both):
    database = ReferenceDatabase(is_locking=True, others=sql.SQL("SELECT 900000002"))
    database.lock_noted()
    database.check_locked(pl.Series([], dtype=pl.UInt32))
    with pytest.raises(IntegrityError):
        database.check_locked(pl.Series([900000002], dtype=pl.UInt32))
