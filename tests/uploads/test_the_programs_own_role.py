"""The program works with a database role of its own, which owns no table and can only add to the audit log."""

from datetime import date

import pytest
from django.db import ProgrammingError, connection, transaction

from tidegate.accountability.models import Snapshot
from tidegate.accountability.periods.period import find_period
from tidegate.accountability.snapshots.take import take_snapshot
from tidegate.accountability.snapshots.transitions import review_snapshot
from tidegate.audit.models import Event, Seal
from tidegate.audit.seal_events import seal_events
from tidegate.core.errors import Refusal
from tidegate.file_types import find
from tidegate.project.grant_rights import grant_rights
from tidegate.reference.models import SchoolYear
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


def test_a_snapshot_is_taken_and_reviewed_by_it_and_never_rewritten(state, own_role):
    taken = take_snapshot(find_period("cte-october-count"), SchoolYear.objects.get(first=2020), by=None)
    assert review_snapshot(taken, by=None).state == "reviewed"
    for changed in ({"tables": []}, {"reports": []}, {"count_day": date(2020, 10, 2)}):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            Snapshot.objects.update(**changed)


def test_rights_are_given_to_no_role_that_could_take_more(db):
    for role, sentence in (("nobody_at_all", "no such role"), ("postgres", "owns the tables")):
        with pytest.raises(Refusal, match=sentence):
            grant_rights(role)
