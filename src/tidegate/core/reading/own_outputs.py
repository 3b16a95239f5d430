"""Recognizes this program's own outputs, sent as data: a Result Log, a full log, an answer file."""

from collections.abc import Iterable, Sequence

from tidegate.core.layouts.layout import Layout, fold_name
from tidegate.core.layouts.state_package import present_state

_ALL_GOOD = fold_name("All Records completed successfully")
# Columns that no file of data has together; a test compares them with what `core/outputs`
# writes.
_MARKS = (
    ("a Result Log", ("Row Number", "{words.sau} ID", "School ID", "State Student Number", "Error")),
    ("a full log", ("State Student Number", "How to fix", "What happened to the row", "Who can act")),
    ("an answer file", ("Row Number", "StateStudentID", "LastName", "DateOfBirth", "Result")),
)


def name_own_output(cells: Sequence[str], layouts: Iterable[Layout]) -> str:
    """Return the name of the output whose first row is `cells`, as "a Result Log"; blank if none.

    A Result Log without errors has no header: its first row is the title that its file type gives
    it.
    """
    folded, state = {fold_name(cell) for cell in cells} - {""}, present_state()
    for name, marks in _MARKS:
        if {fold_name(state.header(state.in_words(mark))) for mark in marks} <= folded:
            return name
    titles = {_ALL_GOOD, *(fold_name(layout.log_title) for layout in layouts)}
    return "a Result Log" if len(folded) == 1 and folded <= titles else ""
