"""The database remembers which state it belongs to, and lets no other one in."""

from pathlib import Path

import pytest

from tidegate.cli.setup import refuse_pending_migrations
from tidegate.core.errors import Refusal
from tidegate.file_types import find_all
from tidegate.file_types.code_lists import lists_not_imported
from tidegate.project.readiness import is_usable, why_not_ready
from tidegate.reference.installed_state import refuse_other_state, remember_state, state_of_database
from tidegate.reference.models import Code, InstalledState

pytestmark = pytest.mark.django_db


def test_the_first_state_stays_the_databases_state():
    InstalledState.objects.all().delete()
    refuse_other_state()
    remember_state()
    remember_state()
    assert state_of_database() == "Maine"


def test_a_database_of_another_state_is_refused():
    InstalledState.objects.update_or_create(pk=1, defaults={"name": "Elsewhere"})
    for act in (refuse_other_state, remember_state, refuse_pending_migrations):
        with pytest.raises(Refusal, match="The database belongs to Elsewhere, and TIDEGATE_STATE names Maine"):
            act()
    assert not is_usable()
    assert why_not_ready() == "The database belongs to Elsewhere: let TIDEGATE_STATE name its package"


def test_a_list_that_nobody_has_imported_is_named_with_its_users():
    said, *_ = lists_not_imported(find_all().values())["cte_codes"].split("; ")
    place, _, sentence = said.partition(": ")
    assert sentence == "CTECode of CTE needs the list cte_codes, which nobody has imported"
    path, line = place.rsplit(":", 1)
    assert 'list_name = "cte_codes"' in Path(path).read_text().splitlines()[int(line) - 1]
    Code.objects.create(list_name="cte_codes", code="01.0205")
    assert "cte_codes" not in lists_not_imported(find_all().values())
