"""The corpus: files named for what is odd in them, and the Result Logs that must come out, byte for byte."""

from pathlib import Path

import pytest

from tidegate.core.checking import CheckResult, Focus, check
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.outputs.report import report
from tidegate.core.outputs.result_log import result_log
from tidegate.core.outputs.source import CheckSource
from tidegate.core.reading.read_file import read_file
from tidegate.core.reference.folder import ReferenceFolder
from tidegate.file_types import find_all

# A shorter text may be part of any word or number.
_MIN_TELLING = 5
HERE = Path(__file__).parent
YEAR = SchoolYear(2020)
KINDS = {kind.folder.name: kind for kind in find_all().values()}
OTHERS = [kind.layout.in_year(YEAR) for kind in KINDS.values()]
FOLDERS = sorted(log.parent for log in HERE.glob("*/*/result_log.csv"))
ODD_FILES = [pytest.param(folder, id=f"{folder.parent.name}-{folder.name}") for folder in FOLDERS]


@pytest.mark.parametrize("folder", ODD_FILES)
def test_an_odd_file_gives_its_result_log_byte_for_byte(folder: Path):
    kind = KINDS[folder.parent.name]
    upload = next(folder.glob("upload.*"))
    tables = ReferenceFolder(HERE / "reference")
    checked = check(upload, kind.layout, kind.rules, focus=Focus(YEAR), tables=tables, others=OTHERS)
    title, needs_action = kind.layout.log_title, checked.needs_action
    log = b"".join(result_log(title, [checked.findings], needs_action=needs_action)).decode()
    assert log.encode() == (folder / "result_log.csv").read_bytes()
    assert log == log_not_worded(kind.layout.log_title, checked)
    assert checked.row_count == checked.success_count + checked.error_count
    page = "".join(report(CheckSource(upload, checked, kind.rules_by_code(), YEAR.name)))
    assert [text for text in personal_texts(checked) if text in page] == []


def log_not_worded(title: str, checked: CheckResult) -> str:
    """Return the Result Log as `tidegate check` writes it, from findings that are not worded yet."""
    findings = checked.findings_in_slices(suggests=False, words=False)
    return b"".join(result_log(title, findings, needs_action=checked.needs_action)).decode()


def personal_texts(checked: CheckResult) -> set[str]:
    """Return what the file says of students: the texts of personal columns, and those of the rows that are no rows."""
    rows = [] if checked.is_refused else checked.rows.to_dicts()
    names = [name for name, column in checked.layout.columns.items() if column.personal]
    texts = {row[name] for row in rows for name in names} | {
        value for value in checked.findings["value"] if "," in value and not value.startswith("(no name, ")
    }
    return {text for text in texts if text and len(text) >= _MIN_TELLING}


@pytest.mark.parametrize("folder", ODD_FILES)
def test_both_paths_read_an_odd_file_alike(folder: Path):
    layout = KINDS[folder.parent.name].layout
    upload = next(folder.glob("upload.*"))
    fast, exact = (read_file(upload, layout, others=OTHERS, is_exact=is_exact) for is_exact in (False, True))
    assert fast.rows.rows() == exact.rows.rows()
    assert fast.issues == exact.issues


def test_the_corpus_has_its_size():
    assert len(FOLDERS) >= 80


def test_the_bytes_of_the_corpus_have_survived_git():
    ends = {
        "lf": (b"\n", b"\r"),
        "cr_alone_as_old_macintosh": (b"\r", b"\n"),
    }
    for name, (has, has_not) in ends.items():
        content = (HERE / "cte" / name / "upload.csv").read_bytes()
        assert has in content, name
        assert has_not not in content, name
