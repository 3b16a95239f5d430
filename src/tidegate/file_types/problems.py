"""Finds what is wrong with a state's package, before the first file is sent: each problem with file and line."""

from collections.abc import Iterator
from pathlib import Path

from tidegate.core.checking.resting_line_finder import problem_of_resting
from tidegate.core.errors import BrokenLayout
from tidegate.core.layouts.patterns import why_no_pattern
from tidegate.core.layouts.state import STATE_FILE
from tidegate.core.layouts.state_package import StatePackage, present_package
from tidegate.core.layouts.toml_lines import BrokenSetting, read_utf8, with_line
from tidegate.file_types.app_problems import problems_of_app
from tidegate.file_types.file_type import FOLDER, LAYOUT, find_all, read_file_type
from tidegate.file_types.migration_problems import problems_of_modules
from tidegate.file_types.type_problems import problems_of_types

_NEEDED = {
    "__init__.py": "it makes the folder one that Python can import",
    LAYOUT: "it says which columns a file has",
    "guide.md": "uploaders read it",
    "rules/__init__.py": "it makes the folder one in which rules are found",
}


def refuse_broken_state() -> None:
    """Look at the present state's package when a site starts, so that what is wrong is known before the first upload.
    Raises BrokenLayout with the first problem."""
    find_all()
    for problem in problems_of_package(present_package(), with_tables=True):
        raise BrokenLayout(problem)


def problems_of_package(package: StatePackage, *, with_tables: bool) -> Iterator[str]:
    """Yield what is wrong with a state's package. `with_tables` imports also what needs Django's models."""
    yield from (unreadable := list(problems_of_modules(package.folder)))
    if unreadable:
        return
    yield from problems_of_app(package)
    home = package.folder / FOLDER
    folders = sorted(path for path in home.glob("*/") if not path.name.startswith(("_", ".")))
    if not folders:
        yield f"{home}: {package.state.name} has no file type; each is a folder with a {LAYOUT}"
    found = []
    for folder in folders:
        yield from (
            f"{folder / name}: the file is missing; {why}" for name, why in _NEEDED.items() if _lacks(folder, name)
        )
        if _lacks(folder, LAYOUT):
            continue
        try:
            found.append(file_type := read_file_type(package, folder))
            assert _lacks(folder, "guide.md") or file_type.guide is not None
        except BrokenLayout as error:
            yield str(error)
    yield from _problems_of_patterns(package)
    yield from problems_of_types(found, with_tables=with_tables)
    layouts = [file_type.layout for file_type in found]
    for file_type in found:
        if said := problem_of_resting(file_type.layout, layouts):
            yield f"{file_type.folder / LAYOUT}: {said}"


def _problems_of_patterns(package: StatePackage) -> Iterator[str]:
    path = package.folder / STATE_FILE
    for name, listed in package.state.code_lists.items():
        if said := why_no_pattern(listed.pattern):
            setting = BrokenSetting(said, f"code_lists.{name}.pattern")
            yield with_line(path, read_utf8(path), setting, decode=lambda raw: raw)


def _lacks(folder: Path, name: str) -> bool:
    return not (folder / name).is_file()
