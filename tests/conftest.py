"""What all tests share: uploads are stored in a folder of the test's own, and files of tests run side by side."""

from pathlib import Path

import pytest

TOGETHER = ("running", "browser")
"""Folders whose tests share a running system: one process runs all of a folder. They come first: they take longest."""


def pytest_addoption(parser) -> None:
    """Add the option for tests that have a short and a long form."""
    parser.addoption("--long", action="store_true", help="Break workers at every point, and race many rounds")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items) -> None:
    """Say which tests belong into one process where several run them (`make test`), and which come first."""
    place = {name: number for number, name in enumerate(TOGETHER)}
    for item in items:
        folder = Path(item.path).parent.name
        item.add_marker(pytest.mark.xdist_group(folder if folder in TOGETHER else str(item.path)))
    items.sort(key=lambda item: place.get(Path(item.path).parent.name, len(TOGETHER)))


@pytest.fixture(autouse=True)
def store_in_a_folder_of_the_test(settings, tmp_path):
    """Keep uploaded files out of the way."""
    settings.TIDEGATE_UPLOADS_DIR = tmp_path / "store"
