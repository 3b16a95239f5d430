"""The way of a file through the core stays short: one body names the stages, and few modules are entered."""

import inspect
import re
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from types import FrameType

from tidegate.core import Focus, ReferenceFolder, SchoolYear, check
from tidegate.core.lookups.lookup import lookup_types
from tidegate.core.reference.table import reference_tables
from tidegate.file_types import find

ROOT = Path(__file__).parents[2]
CORE = ROOT / "src" / "tidegate" / "core"
COLUMN_TYPES = {"layouts/column_types.py", "layouts/day_forms.py"}
STATE = {"layouts/identifiers.py", "layouts/state_package.py"}
OF_LAYOUTS = {
    "reference/stored_lines.py", "rules/line_rule.py", "rules/lines_on_file.py",
    *(f"rules/lines/{path.name}" for path in (CORE / "rules" / "lines").glob("*.py")),
}  # fmt: skip
"""The reference table and the rules that a layout has by the lines that it stores."""
LINES = (
    "SAUID,SchoolID,StateStudentID,SchoolStudentID,CTECode,StartDate,EndDate,CreditsEarned,PostsecondaryCredits",
    "1000,2001,900000001,1,01.0205,2020-09-01,,1.50,",
    "1000,2001,900000002,2,01.0206,2020-09-01,,1.50,",
    "1000,2001,900000003,3,01.0205,2020-09-01,2021-05-28,1.50,",
    "1000,2001,900000009,4,01.0205,2020-13-01,,x,",
)
FROM_BYTES_TO_LOG = (
    "reading/read_file.py", "parsing/parse.py", "checking/stages.py",
    "checking/check_result.py", "outputs/source.py", "outputs/result_log.py",
)  # fmt: skip
"""The files in which one row is read, parsed, looked up and checked, summed up, handed out and written."""
STAGES = ("read_in_slices(", "parse_slices(", "look_up", "_check_rows(", "cross_row.check(", "answers(", "sum_up(")


@contextmanager
def entered() -> Iterator[set[str]]:
    """Gather the files of the core whose functions are called, in any thread."""
    files: set[str] = set()

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code.co_name != "<module>":
            files.add(frame.f_code.co_filename)

    threading.setprofile(note)
    sys.setprofile(note)
    try:
        yield files
    finally:
        sys.setprofile(None)
        threading.setprofile(None)


def kinds_that_are_found() -> set[str]:
    """Return the modules of the core that are rules, look-ups, reference tables or column types, and
    those with what the state says."""
    files = [Path(inspect.getfile(kind)) for kind in (*lookup_types(), *reference_tables())]
    modules = {path.relative_to(CORE).as_posix() for path in files if path.is_relative_to(CORE)}  # a state has others
    rules = {path.relative_to(CORE).as_posix() for path in (CORE / "rules" / "builtin").rglob("*.py")}
    return modules | rules | COLUMN_TYPES | STATE | OF_LAYOUTS


def test_a_file_of_four_rows_enters_at_most_32_modules(tmp_path):
    path = tmp_path / "upload.csv"
    path.write_text("\n".join([*LINES, ""]))
    cte = find("cte")
    tables = ReferenceFolder(ROOT / "tests" / "corpus" / "reference")
    cte.rules_by_code()  # modules that the first file of a process imports are no part of a file's way
    with entered() as files:
        checked = check(path, cte.layout, cte.rules, focus=Focus(SchoolYear.parse("2020-2021")), tables=tables)
    assert checked.row_count == 4
    modules = {Path(file).relative_to(CORE).as_posix() for file in files if Path(file).is_relative_to(CORE)}
    assert len(modules - kinds_that_are_found()) <= 32, "Put what one stage needs into the module of that stage"


def test_one_body_names_the_stages_in_order():
    body = inspect.getsource(check)
    places = [re.search(re.escape(stage), body).start() for stage in STAGES]
    assert places == sorted(places), "check() reads, parses, looks up, checks rows and across rows, suggests, sums up"


def test_one_row_goes_through_six_files_each_imported_by_the_next():
    for before, after in pairwise(FROM_BYTES_TO_LOG):
        module = f"tidegate.core.{before.removesuffix('.py').replace('/', '.')}"
        assert f"from {module} import " in (CORE / after).read_text(), f"{after} takes the row over from {before}"
