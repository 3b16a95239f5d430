"""The cases of every file type: an upload and a reference folder in, the Result Log out, byte for byte."""

from pathlib import Path

import pytest

from tidegate.file_types import find_all
from tidegate.file_types.trial.cases import case_folders, problems_of_case, problems_of_cases

TYPES = list(find_all().values())
CASES = [pytest.param(kind, folder, id=f"{kind.slug}-{folder.name}") for kind in TYPES for folder in case_folders(kind)]


@pytest.mark.parametrize(("kind", "folder"), CASES)
def test_a_case_gives_its_result_log_byte_for_byte(kind, folder: Path):
    assert list(problems_of_case(kind, folder, TYPES)) == []


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.slug)
def test_every_file_type_has_a_case_in_which_all_is_good(kind):
    assert list(problems_of_cases(kind)) == []
