"""A small state with lines to count, and people who send files for it: those of the tests of uploads."""

import pytest

from tests.uploads.conftest import (  # noqa: F401 - pytest finds fixtures by their names
    director,
    imported,
    other_specialist,
    process_file,
    send,
    specialist,
    state,
    viewer,
)
from tidegate.accountability.models import Snapshot
from tidegate.accountability.period import find_period
from tidegate.accountability.take import take_snapshot
from tidegate.reference.models import SchoolYear


@pytest.fixture
def take(state):  # noqa: F811 - the fixture above
    """Take a snapshot of the CTE October Student Count of 2020-2021."""

    def take_it(**more) -> Snapshot:
        named = {"by": None} | more
        return take_snapshot(find_period("cte-october-count"), SchoolYear.objects.get(first=2020), **named)

    return take_it
