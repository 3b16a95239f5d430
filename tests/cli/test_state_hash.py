"""`tidegate state-hash` answers for a database of this version alone."""

import pytest
from django.db.migrations.recorder import MigrationRecorder
from typer.testing import CliRunner

from tidegate.audit.record import record_event
from tidegate.cli.main import app
from tidegate.core.errors import Refusal
from tidegate.records.state_hash import whole_hash

pytestmark = pytest.mark.django_db


def test_a_database_that_is_not_migrated_is_refused():
    assert CliRunner().invoke(app, ["state-hash"]).exit_code == 0
    MigrationRecorder.Migration.objects.filter(app="api").delete()
    refused = CliRunner().invoke(app, ["state-hash"]).exception
    assert isinstance(refused, Refusal)
    assert (refused.code, refused.exit_code) == ("MIGRATIONS", 2)


def test_events_about_copies_are_no_part_of_the_whole_hash():
    before = whole_hash()
    record_event("backup.made", by=None)
    record_event("database.restored", by=None)
    assert whole_hash() == before
    assert whole_hash(with_copies=True) != before  # as a release that did not know them would have it
    record_event("upload.sent", by=None)
    assert whole_hash() != before
