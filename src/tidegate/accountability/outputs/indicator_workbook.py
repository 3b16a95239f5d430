"""The indicators of a snapshot as a workbook: a sheet that says what each counts, and one with the numbers."""

from collections.abc import Iterator

from tidegate.accountability.definitions.describe_definition import DescribedSetting, describe_definition
from tidegate.accountability.frozen_lines.cells import Reach
from tidegate.accountability.frozen_lines.definition import definition_of
from tidegate.accountability.indicators import find_indicators
from tidegate.accountability.models import Snapshot
from tidegate.accountability.outputs.indicator_table import HEADER, indicator_lines
from tidegate.core.errors import NotFound
from tidegate.core.outputs.workbook import Line, Table, TableRows, xlsx_chunks

_NUMBERS = Table("Numbers", HEADER, (10, 34, 26, 12, 40, 11, 12, 9, 11, 60), frozenset({1, 9}))
_INDICATORS = Table("Indicators", ("What", "Says", "Source"), (22, 80, 60), frozenset({1, 2}))


def indicators_xlsx(snapshot: Snapshot, *, reach: Reach = None) -> Iterator[bytes]:
    """Return the workbook in pieces; what is refused is refused before the first of them."""
    lines = list(indicator_lines(snapshot, reach=reach))
    first = TableRows(_INDICATORS, list(_said_of(snapshot, reach)))
    return xlsx_chunks(_NUMBERS, lines, line_count=len(lines), first=first)


def _said_of(snapshot: Snapshot, reach: Reach) -> Iterator[Line]:
    yield "Snapshot", f"{snapshot.pk}: {snapshot.title}, {snapshot.school_year.name}", ""
    yield "Hash (SHA-256)", snapshot.sha256, ""
    yield "Students", "The whole state" if reach is None else "Those whom your organizations teach or send", ""
    for each in find_indicators().values():
        to_confirm = " To be confirmed by the state." if each.to_confirm else ""
        yield f"{each.code} {each.title}", f"{each.wording}{to_confirm}", each.source
    for setting in _described(snapshot):
        assumed = f" Assumed, since the state has not set it: {setting.assumed}" if setting.assumed else ""
        yield f"Definition: {setting.title}", f"{setting.text}.{assumed}", ""


def _described(snapshot: Snapshot) -> list[DescribedSetting]:
    """Return what the definition of a snapshot says; nothing where it has none."""
    try:
        return describe_definition(definition_of(snapshot))
    except NotFound:
        return []
