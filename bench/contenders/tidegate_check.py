"""tidegate: every rule, against the reference folder."""

from pathlib import Path

import tidegate.cli  # noqa: F401 - it sets the allocator, as for the command
from bench.make_files import file_type_of
from tidegate.core.checking import Focus, check
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.reference.folder import ReferenceFolder
from tidegate.file_types import find


def run(file: Path, reference: Path) -> int:
    kind = find(file_type_of(file))
    focus = Focus(SchoolYear(2020))
    return check(file, kind.layout, kind.rules, focus=focus, tables=ReferenceFolder(reference), keeps=()).error_count
