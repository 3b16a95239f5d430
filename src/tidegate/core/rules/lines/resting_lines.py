"""The rule about stored lines of other file types that a row leaves without what they rest on."""

from datetime import date, timedelta
from typing import Any

from tidegate.core.layouts.layout import VALUE, Layout
from tidegate.core.rules.lines_on_file import NOT_THEIRS
from tidegate.core.rules.resting_line_rule import RestingLineRule, in_example
from tidegate.core.rules.rule import Severity


class RestingLinesRule(RestingLineRule, abstract=True):
    """Lines on file of another file type would no longer fit.

    What it checks: Lines of another file type that are on file depend on an enrollment: it had to
    be there, and often to cover a day. A row that ends an enrollment earlier, or moves it, may
    leave such lines without one; so may the withdrawal of an enrollment, a correction by hand and
    an undo.

    How to fix it: If the row is right, the lines that are named are not: ask the office that sent
    them to correct them. If the row is wrong, correct it.
    """

    number = "611"
    severity = Severity.WARNING
    may_be_relaxed = True
    message = "This row leaves {lines}"
    message_of_withdrawal = "The withdrawal leaves {lines}"

    @classmethod
    def examples_of(cls, layout: Layout, other: dict[str, Any]) -> dict[str, tuple[dict[str, Any], ...]]:  # noqa: ARG003 - a day is enough
        """Return an enrollment that goes on, and one that ends before the day of a line that rests on it."""
        rows = {field: row for row, field in layout.stored_records.columns.items()} if layout.stored_records else {}
        entry, exit_ = rows["entry_date"], rows["exit_date"].removesuffix(VALUE)
        first_day = layout.columns[entry.removesuffix(VALUE)].example
        line = in_example(
            resting_on={"enrollment_type": "", "narrowed_by": "", "narrow": 0},
            day=date.fromisoformat(first_day) + timedelta(days=30),
            before_columns={entry: date.fromisoformat(first_day), rows["exit_date"]: None},
            words="a record of another file type",
        )
        return {"good": ({"rows": [line | {exit_: ""}]},), "bad": ({"rows": [line | {exit_: first_day}]},)}

    @classmethod
    def codes(cls, area: str) -> dict[str, Any]:
        """What another row says differently is the cause; and others are not told what is on file."""
        return {"suppressed_by": (f"{area}301", *NOT_THEIRS)}
