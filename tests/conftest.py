"""What all tests share: uploads are stored in a folder of the test's own, and files of tests run side by side."""

import gc
from collections.abc import Iterator
from itertools import count

import hypothesis
import pytest
from django.db import transaction
from xdist.scheduler import LoadScopeScheduling

TOGETHER = ("browser", "examples")
"""Folders whose tests share a running site: one process runs all of a folder."""
FIRST = ("browser", "running", "identifiers", "examples", "web", "records", "corpus", "core")
"""Folders with the files that take longest: they are given out first, so that no process is left alone in the end."""

ALONE = "tests/running/test_broken_changes.py"
"""The file with the longest of the long tests, which share nothing but the system: each may be another process's."""

_STORES = count(1)

# No test asserts a time: on a busy machine an example may take longer than Hypothesis allows by default.
hypothesis.settings.register_profile("suite", deadline=None, max_examples=25)
hypothesis.settings.register_profile("long", deadline=None, max_examples=1000)


def pytest_configure(config) -> None:
    """Choose how many examples a property is tried with."""
    hypothesis.settings.load_profile("long" if config.getoption("--long") else "suite")


def pytest_addoption(parser) -> None:
    """Add the option for tests that have a short and a long form."""
    parser.addoption("--long", action="store_true", help="Break workers at every point, race many rounds, try all")
    parser.addoption("--part", default="1/1", help="With --long, one part of the rounds: 2/4 is the second of four")


def _folder_of(nodeid: str) -> str:
    return nodeid.split("/")[1]


class _Files(LoadScopeScheduling):
    """Gives out the tests of a file together where several processes run them (`make test`)."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        if file == ALONE and self.config.getoption("--long"):
            return nodeid
        return _folder_of(nodeid) if _folder_of(nodeid) in TOGETHER else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log) -> _Files:
    """Say which tests belong into one process."""
    return _Files(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items) -> None:
    """Begin with what takes longest, as long as there is something beside it."""
    place = {name: number for number, name in enumerate(FIRST)}
    items.sort(key=lambda item: place.get(_folder_of(item.nodeid), len(FIRST)))


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[object]:
    """Let Python not look through the program and the tests for what nothing uses: they stay to the end."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.fixture(autouse=True)
def store_in_a_folder_of_the_test(settings, tmp_path_factory):
    """Keep uploaded files out of the way, in a store that is there: the database may know uploads of another one."""
    settings.TIDEGATE_UPLOADS_DIR = tmp_path_factory.getbasetemp() / f"store-{next(_STORES)}"
    (settings.TIDEGATE_UPLOADS_DIR / "arriving").mkdir(parents=True)


@pytest.fixture(scope="module")
def module_transaction(django_db_setup, django_db_blocker):
    """A transaction around all tests of a file: what a fixture of the file stores in it is there for each of its tests,
    which take back what they change, and in the end it is gone. Use it as `with module_transaction.unblock():`."""
    with django_db_blocker.unblock():
        around = transaction.atomic()
        around._from_testcase = True  # as Django's own: what must begin a transaction may do so inside
        around.__enter__()
    yield django_db_blocker
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        around.__exit__(None, None, None)
