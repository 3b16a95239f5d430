"""What all tests share: uploads are stored in a folder of the test's own."""

import pytest


@pytest.fixture(autouse=True)
def store_in_a_folder_of_the_test(settings, tmp_path):
    """Keep uploaded files out of the way."""
    settings.TIDEGATE_UPLOADS_DIR = tmp_path / "store"
