"""The program works with a database role of its own, which owns no table and can only add to the audit log."""

import pytest
from django.db import connection

from tidegate.audit.models import Event, Seal
from tidegate.audit.seal_events import seal_events
from tidegate.core.errors import Refusal
from tidegate.file_types import find
from tidegate.project.grant_rights import grant_rights
from tidegate.uploads.lifecycle.decisions.undo import undo
from tidegate.uploads.lifecycle.processing.process import process
from tidegate.uploads.lifecycle.retention import apply_retention
from tidegate.uploads.models import State

FILE = ",".join(find("cte").layout.columns) + "\n1000,2001,900000001,A,01.0205,2020-09-01,,1.50,\n"


@pytest.fixture
def own_role(db):
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE program_of_a_test")
        grant_rights("program_of_a_test")
        cursor.execute("SET LOCAL ROLE program_of_a_test")


def test_a_file_is_received_judged_loaded_and_undone_by_it(send, specialist, own_role):
    upload = send(FILE, by=specialist)
    process(upload_id=upload.pk)
    upload.refresh_from_db()
    assert (upload.state, upload.success_count) == (State.FINISHED, 1)
    undo(upload, by=specialist)
    apply_retention()
    assert seal_events() == Event.objects.count() == Seal.objects.get().event_count > 2


def test_rights_are_given_to_no_role_that_could_take_more(db):
    for role, sentence in (("nobody_at_all", "no such role"), ("postgres", "owns the tables")):
        with pytest.raises(Refusal, match=sentence):
            grant_rights(role)
