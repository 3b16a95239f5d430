"""A CTE record names students, organizations and school years that exist, and these stay while it does."""

import pytest
from django.db import IntegrityError, connection, transaction

from tidegate.records.import_folder import import_reference
from tidegate.states.maine.models import CteRecord

pytestmark = pytest.mark.django_db


@pytest.fixture
def record(write_folder) -> CteRecord:
    import_reference(write_folder(), by=None)
    return CteRecord.objects.create(**FACTS)


FACTS = {
    "student_id": "900000001",
    "school_year_id": 2020,
    "sau_id": 1000,
    "school_id": 2001,
    "cte_code": "01.0205",
    "start_date": "2020-09-01",
    "credits_earned": 1,
}


@pytest.mark.parametrize(
    ("name", "unknown"), [("student_id", "999999999"), ("school_year_id", 1999), ("sau_id", 9), ("school_id", 9)]
)
def test_a_record_that_names_what_does_not_exist_is_refused(record, name, unknown):
    records = [CteRecord(**FACTS), CteRecord(**FACTS | {name: unknown})]
    with pytest.raises(IntegrityError, match="does not exist"), transaction.atomic():
        CteRecord.objects.bulk_create(records)
    assert CteRecord.objects.count() == 1


@pytest.mark.parametrize(
    ("table", "named"),
    [
        ("records_student", "number = '900000001'"),
        ("reference_organization", "id = 2001"),
        ("reference_organization", "id = 1000"),
        ("reference_schoolyear", "first = 2020"),
    ],
)
def test_what_a_record_names_cannot_be_deleted(record, table, named):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET session_replication_role = replica")  # every other reference is out of the way
        cursor.execute("ALTER TABLE records_student ENABLE ALWAYS TRIGGER student_is_named")
        cursor.execute("ALTER TABLE reference_organization ENABLE ALWAYS TRIGGER organization_is_named")
        cursor.execute("ALTER TABLE reference_schoolyear ENABLE ALWAYS TRIGGER school_year_is_named")
        with pytest.raises(IntegrityError, match="a CTE record names it"), transaction.atomic():
            cursor.execute(f"DELETE FROM {table} WHERE {named}")


@pytest.mark.parametrize("name", ["student_id", "school_year_id", "sau_id", "school_id"])
def test_what_a_version_names_is_never_overwritten(record, name):
    with pytest.raises(IntegrityError, match="never overwritten"), transaction.atomic():
        CteRecord.objects.update(**{name: FACTS[name]})
