"""A reference folder to import, which a test changes where it needs to."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from tidegate.core.reference.table import required_files
from tidegate.records.import_folder import import_reference

LINES = {
    "organizations.csv": (
        "1000,Rock Star Public Schools,SAU,,",
        "1001,Rock Star High School,School,1000,RSHS",
        "2000,Capital Public Schools,SAU,,",
        "2001,Capital Area Technical Center,CTE School,2000,CATC",
        "2002,Capital High School,School,2000,",
    ),
    "cte_codes.csv": ("01.0205,Agricultural mechanics,2019-2020,", "43.0103,Law enforcement,,2021-2022"),
    "students.csv": ("900000001,Amplifier,Aria,,2004-05-17,F", "900000002,O'Octave,Banjo,Reed,,"),
    "enrollments.csv": (
        "2020-2021,1000,1001,900000001,L1,P,11,2020-09-01,02,,",
        "2020-2021,1000,2001,900000001,,C,11,2020-09-01,02,,",
        "2020-2021,1000,1001,900000002,,P,10,2020-09-01,02,2020-12-01,02",
        "2020-2021,2000,2002,900000002,,P,10,2020-12-01,13,,",
    ),
}


def write_reference(folder: Path, **lines: list[str]) -> Path:
    """Write a reference folder; `students=[...]` has other students than usual."""
    folder.mkdir(exist_ok=True)
    for file in required_files():
        rows = lines.get(file.file_name.removesuffix(".csv"), LINES[file.file_name])
        (folder / file.file_name).write_text("\n".join([",".join(file.header), *rows, ""]), encoding="utf-8")
    return folder


@pytest.fixture
def write_folder(tmp_path) -> Callable[..., Path]:
    """Write a reference folder for the test."""
    return partial(write_reference, tmp_path / "reference")


@pytest.fixture(scope="module")
def imported(module_transaction, tmp_path_factory) -> None:
    """The usual folder in the database, for all tests of a file."""
    with module_transaction.unblock():
        import_reference(write_reference(tmp_path_factory.mktemp("imported") / "reference"), by=None)
