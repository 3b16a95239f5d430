"""The cases of every file type: an upload and a reference folder in, the Result Log out, byte for byte."""

from pathlib import Path

import pytest

from tidegate.core.checking import Focus, check
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.outputs.result_log import result_log
from tidegate.core.reference.folder import ReferenceFolder
from tidegate.file_types import find_all

YEAR = SchoolYear(2020)
CASES = [
    pytest.param(kind, folder, id=f"{kind.slug}-{folder.name}")
    for kind in find_all().values()
    for folder in sorted((kind.folder / "cases").iterdir())
    if folder.is_dir()
]


@pytest.mark.parametrize(("kind", "folder"), CASES)
def test_a_case_gives_its_result_log_byte_for_byte(kind, folder: Path):
    others = [other.layout.in_year(YEAR) for other in find_all().values()]
    upload = next(folder.glob("upload.*"))
    checked = check(
        upload, kind.layout, kind.rules, focus=Focus(YEAR), tables=ReferenceFolder(folder / "reference"), others=others
    )
    assert checked.row_count == checked.success_count + checked.error_count
    log = "".join(result_log(kind.layout.log_title, [checked.findings]))
    assert log.encode() == (folder / "result_log.csv").read_bytes()


@pytest.mark.parametrize("kind", find_all().values(), ids=lambda kind: kind.slug)
def test_every_file_type_has_a_case_in_which_all_is_good(kind):
    logs = [path.read_text() for path in kind.folder.glob("cases/*/result_log.csv")]
    assert f"{kind.layout.log_title}\nAll Records completed successfully\n" in logs
