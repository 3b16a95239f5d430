"""Runs the cases of a file type: an upload and a reference folder in, the Result Log out, byte for byte."""

import tomllib
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from pathlib import Path

from tidegate.core.checking import CheckResult, Focus, check
from tidegate.core.errors import Refusal
from tidegate.core.layouts.import_checked import describe_import_error
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.outputs.result_log import ALL_GOOD, result_log
from tidegate.core.reference.folder import ReferenceFolder
from tidegate.core.reference.table import required_files
from tidegate.core.rules.examples import YEAR
from tidegate.file_types.file_type import FileType

_LOG = "result_log.csv"
_YEAR_FILE = "case.toml"


def case_folders(file_type: FileType) -> list[Path]:
    """Return the folders of the file type's cases, in order."""
    home = file_type.folder / "cases"
    return sorted(path for path in home.iterdir() if path.is_dir()) if home.is_dir() else []


def problems_of_cases(file_type: FileType) -> Iterator[str]:
    """Yield what the cases lack as a whole: there is one in which all is good."""
    folders = case_folders(file_type)
    if not folders:
        yield f"{file_type.folder / 'cases'}: {file_type.name} has no case: an upload, its reference folder and {_LOG}"
        return
    good = f"{file_type.layout.log_title}\n{ALL_GOOD}\n"
    if not any((folder / _LOG).is_file() and (folder / _LOG).read_text("utf-8") == good for folder in folders):
        yield f"{file_type.folder / 'cases'}: {file_type.name} has no case in which all is good"


def problems_of_case(file_type: FileType, folder: Path, types: Sequence[FileType]) -> Iterator[str]:
    """Yield what is wrong with a case: what is missing, or where its Result Log is another one. `types` are all of the
    state."""
    upload = next(iter(sorted(folder.glob("upload.*"))), None)
    missing = [] if upload else ["an upload, as upload.csv"]
    missing += [] if (folder / "reference").is_dir() else ["the folder reference"]
    missing += [] if (folder / _LOG).is_file() else [_LOG]
    if missing or upload is None:
        yield f"{folder}: the case lacks {' and '.join(missing)}"
        return
    try:
        checked = _checked(file_type, folder, upload, types)
    except (Refusal, tomllib.TOMLDecodeError) as error:
        yield f"{folder}: the case cannot be checked: {error}"
        return
    except Exception as error:  # noqa: BLE001 - whatever a rule's own code raises
        yield f"{describe_import_error(error, f'{file_type.package}.rules', act='carried out')} (in the case {folder})"
        return
    yield from _problems_of_lists(file_type, folder, checked)
    expected = (folder / _LOG).read_bytes()
    title, needs_action = file_type.layout.log_title, checked.needs_action
    log = b"".join(result_log(title, [checked.findings], needs_action=needs_action)).decode()
    if log.encode() != expected:
        yield f"{folder / _LOG}:{_difference(expected.decode('utf-8', errors='replace'), log)}"


def _problems_of_lists(file_type: FileType, folder: Path, checked: CheckResult) -> Iterator[str]:
    """Yield the lists that the case's reference folder lacks, so that rules were not asked."""
    lists = {f"{name}.csv": column for name, column in file_type.layout.code_lists().items()}
    for name in checked.not_asked.keys() & {*lists, *(file.file_name for file in required_files())}:
        codes = ", ".join(checked.not_asked[name])
        said = f"there is no {name} in {folder / 'reference'}, without which {codes} cannot be asked"
        yield file_type.in_layout(said, f"columns.{lists[name]}.of") if name in lists else f"{folder}: {said}"


def _checked(file_type: FileType, folder: Path, upload: Path, types: Sequence[FileType]) -> CheckResult:
    """Check a case, whose school year is the guide's or the one that it names."""
    settings = tomllib.loads((folder / _YEAR_FILE).read_text("utf-8")) if (folder / _YEAR_FILE).is_file() else {}
    year = SchoolYear.parse(settings["school_year"]) if "school_year" in settings else YEAR
    checked = check(
        upload,
        file_type.layout,
        file_type.rules,
        focus=Focus(year),
        tables=ReferenceFolder(folder / "reference"),
        others=[other.layout.in_year(year) for other in types],
    )
    assert checked.row_count == checked.success_count + checked.error_count
    return checked


def _difference(expected: str, log: str) -> str:
    """Return the first line that differs, with its number."""
    lines = zip_longest(expected.splitlines(keepends=True), log.splitlines(keepends=True), fillvalue="")
    number, line, is_now = next((n, a, b) for n, (a, b) in enumerate(lines, 1) if a != b)
    return f"{number}: the Result Log should have {line!r} and has {is_now!r}"
