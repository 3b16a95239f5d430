"""The audit log notes who did what, and lets nobody change it."""

import pytest
from django.db import DatabaseError, connection, transaction

from tidegate.accounts.models import Person
from tidegate.audit.models import Event
from tidegate.audit.record import record_event
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.reference.models import Organization

pytestmark = pytest.mark.django_db


def test_an_event_names_person_organization_year_and_subject():
    person = Person.objects.create_user("robin@example.org", name="Robin")
    sau = Organization.objects.create(id=1000, name="Rock Star Public Schools", kind="SAU")
    record_event("focus.saved", by=person, organization=sau, school_year=SchoolYear(2020), subject=person, count=3)
    event = Event.objects.get()
    assert (event.act, event.person_id, event.person_email) == ("focus.saved", person.pk, "robin@example.org")
    assert (event.organization_id, event.school_year) == (1000, "2020-2021")
    assert (event.subject_kind, event.subject_id, event.details) == ("person", str(person.pk), {"count": 3})


def test_an_event_of_the_system_has_no_person():
    event = record_event("upload.finished", by=None)
    assert (event.person_id, event.person_email, event.organization_id, event.subject_kind) == (None, "", None, "")


def test_an_event_outlives_what_it_describes():
    person = Person.objects.create_user("robin@example.org", name="Robin")
    record_event("person.added", by=None, subject=person)
    person.delete()
    assert Event.objects.filter(subject_kind="person").exists()


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_event SET act = 'x'", "DELETE FROM audit_event", "TRUNCATE audit_event"]
)
def test_the_database_refuses_to_change_an_event(statement):
    record_event("upload.sent", by=None)
    with connection.cursor() as cursor:  # a test database may be allowed to empty its tables between tests
        cursor.execute("ALTER TABLE audit_event ENABLE TRIGGER audit_event_not_truncated")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Event.objects.get().act == "upload.sent"
