"""The indicators of a snapshot as CSV: a line for each pair of numbers, and for each that has no data one with the
reason."""

from collections.abc import Iterator

from tidegate.accountability.frozen_lines.cells import Reach
from tidegate.accountability.indicators import count_indicators
from tidegate.accountability.models import Snapshot
from tidegate.core.outputs.spreadsheet import csv_lines

HEADER = ("Indicator", "Title", "By", "Key", "Name", "Numerator", "Denominator", "Percent", "ToConfirm", "Note")
NO_DATA = "no data"


def indicators_csv(snapshot: Snapshot, *, reach: Reach = None) -> Iterator[bytes]:
    """Yield the numbers as CSV in UTF-8. What has no data says so, and is never 0."""
    yield csv_lines([HEADER])
    for indicator, why_no_data, counts, _ in count_indicators(snapshot, reach=reach):
        of = (indicator.code, indicator.title)
        to_confirm = "Yes" if indicator.to_confirm else ""
        for each in counts:
            named = (each.category, each.key, each.name)
            if each.denominator is None:
                yield csv_lines([(*of, *named, NO_DATA, NO_DATA, "", to_confirm, why_no_data)])
            else:
                yield csv_lines([(*of, *named, each.numerator, each.denominator, each.percent, to_confirm, "")])
