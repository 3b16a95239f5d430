"""What all tests share: uploads are stored in a folder of the test's own."""

import pytest


def pytest_addoption(parser) -> None:
    """Add the option for tests that have a short and a long form."""
    parser.addoption("--long", action="store_true", help="Break workers at every point, and race many rounds")


@pytest.fixture(autouse=True)
def store_in_a_folder_of_the_test(settings, tmp_path):
    """Keep uploaded files out of the way."""
    settings.TIDEGATE_UPLOADS_DIR = tmp_path / "store"
