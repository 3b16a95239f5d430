"""A small state with lines to count, and people who send files for it: those of the tests of uploads."""

import pytest

from tests.uploads.conftest import (  # noqa: F401 - pytest finds fixtures by their names
    administrator,
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
from tidegate.accountability.periods.period import find_period
from tidegate.accountability.snapshots.take import take_snapshot
from tidegate.reference.models import SchoolYear


@pytest.fixture
def read_changed(tmp_path):
    """Return a function that writes a file of the state's package with some texts replaced by others, and reads it."""

    def read(read_file, good: str, name: str, *replaced: tuple[str, str]):
        text = good
        for old, new in replaced:
            assert old in text
            text = text.replace(old, new)
        path = tmp_path / f"{name}.toml"
        path.write_text(text)
        return read_file(path)

    return read


def approved(period: str = "cte-october-count", year: int = 2020) -> Snapshot:
    """Return a snapshot of a period as if two people had signed it."""
    taken = take_snapshot(find_period(period), SchoolYear.objects.get(first=year), by=None)
    Snapshot.objects.filter(pk=taken.pk).update(state="approved")
    return Snapshot.objects.get(pk=taken.pk)


@pytest.fixture
def take(state):  # noqa: F811 - the fixture above
    """Take a snapshot of the CTE October Student Count of 2020-2021."""

    def take_it(**more) -> Snapshot:
        named = {"by": None} | more
        return take_snapshot(find_period("cte-october-count"), SchoolYear.objects.get(first=2020), **named)

    return take_it
