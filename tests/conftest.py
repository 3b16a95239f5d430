"""What all tests share: uploads are stored in a folder of the test's own, and files of tests run side by side."""

import hypothesis
import pytest
from xdist.scheduler import LoadScopeScheduling

TOGETHER = ("running", "browser")
"""Folders whose tests share a running system: one process runs all of a folder."""


# No test asserts a time: on a busy machine an example may take longer than Hypothesis allows by default.
hypothesis.settings.register_profile("tidegate", deadline=None)
hypothesis.settings.load_profile("tidegate")


def pytest_addoption(parser) -> None:
    """Add the option for tests that have a short and a long form."""
    parser.addoption("--long", action="store_true", help="Break workers at every point, and race many rounds")
    parser.addoption("--part", default="1/1", help="With --long, one part of the rounds: 2/4 is the second of four")


def _folder_of(nodeid: str) -> str:
    return nodeid.split("/")[1]


class _Files(LoadScopeScheduling):
    """Gives out the tests of a file together where several processes run them (`make test`)."""

    def _split_scope(self, nodeid: str) -> str:
        folder = _folder_of(nodeid)
        return folder if folder in TOGETHER else nodeid.partition("::")[0]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log) -> _Files:
    """Say which tests belong into one process."""
    return _Files(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items) -> None:
    """Begin with what takes longest, as long as there is something beside it."""
    place = {name: number for number, name in enumerate(TOGETHER)}
    items.sort(key=lambda item: place.get(_folder_of(item.nodeid), len(TOGETHER)))


@pytest.fixture(autouse=True)
def store_in_a_folder_of_the_test(settings, tmp_path):
    """Keep uploaded files out of the way."""
    settings.TIDEGATE_UPLOADS_DIR = tmp_path / "store"
