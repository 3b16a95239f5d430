"""`tidegate state-hash` answers for a database of this version alone."""

import pytest
from django.db.migrations.recorder import MigrationRecorder
from typer.testing import CliRunner

from tidegate.cli.main import app
from tidegate.core.errors import Refusal

pytestmark = pytest.mark.django_db


def test_a_database_that_is_not_migrated_is_refused():
    assert CliRunner().invoke(app, ["state-hash"]).exit_code == 0
    MigrationRecorder.Migration.objects.filter(app="api").delete()
    refused = CliRunner().invoke(app, ["state-hash"]).exception
    assert isinstance(refused, Refusal)
    assert (refused.code, refused.exit_code) == ("MIGRATIONS", 2)
