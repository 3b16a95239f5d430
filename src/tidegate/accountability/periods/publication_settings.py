"""What a state publishes of a period's snapshots: which tables, and from which number on."""

import re
from collections.abc import Iterable
from itertools import pairwise

import msgspec

from tidegate.core.layouts.toml_lines import BrokenSetting

DEFAULT_SMALLEST, DEFAULT_EDGE_PERCENT = 10, 5
_CROSSED = " by "
_INDICATOR = r"\d[SP]\d"
Dimensions = tuple[str, ...]
"""By what a table is counted: one thing, or two."""


class PublicationSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The section `publication` of a period's file.

    Attributes:
        tables: Of one report: its tables, such as `school`, or `school by grade`. The totals of a crossed table are
            published with it, also in the CSV file. Or of indicators, by their codes: by what each is counted, such as
            `school`.
        smallest: The smallest number of students that is shown. 10 is what states often take; no source says it for
            everybody, so it is each state's to set.
        edge_percent: Below this percentage, and above 100 minus it, a percentage is only said to be there.
        before_signing: Whether a snapshot that nobody has approved may be published, as a preliminary count.
    """

    tables: dict[str, tuple[str, ...]]
    smallest: int = DEFAULT_SMALLEST
    edge_percent: int = DEFAULT_EDGE_PERCENT
    before_signing: bool = False

    def tables_of(self, report: str) -> tuple[Dimensions, ...]:
        """Return the tables of a report, each by what it is counted."""
        return tuple(tuple(name.split(_CROSSED)) for name in self.tables.get(report, ()))

    @property
    def indicators(self) -> list[str]:
        """The codes of the indicators whose rates are published."""
        return [name for name in self.tables if is_indicator(name)]


def is_indicator(name: str) -> bool:
    """Whether something that is published has the name of an indicator, such as `5S2`, and not of a report."""
    return bool(re.fullmatch(_INDICATOR, name))


def has_circle(tables: Iterable[Dimensions]) -> bool:
    """Whether crossed tables are linked in a circle, as school by grade, grade by program, program by school.

    Of tables in a circle each may be right by itself, and still no students be counted so in all of them: whoever tries
    all knows more of a hidden number than the tables say by their totals. Without a circle students can always be
    found who are counted in each table as it says.
    """
    linked: dict[str, str] = {}

    def root(name: str) -> str:
        while name in linked:
            name = linked[name]
        return name

    for one, other in {tuple(sorted(table)) for table in tables if len(table) == 2}:
        if root(one) == root(other):
            return True
        linked[root(one)] = root(other)
    return False


def check_publication(settings: PublicationSettings, reports: tuple[str, ...]) -> None:
    """Raise BrokenSetting where nothing, or something else than the reports' one- and two-way tables is named."""
    if not 3 <= settings.smallest <= 1000:
        raise BrokenSetting(
            "smallest is between 3 and 1000: of two people each knows the other", "publication.smallest"
        )
    if not 0 <= settings.edge_percent < 50:
        raise BrokenSetting("edge_percent is at least 0 and below 50", "publication.edge_percent")
    of_indicators = bool(settings.indicators) and len(settings.indicators) == len(settings.tables)
    if len(settings.tables) != 1 and not of_indicators:
        # Two reports may count the same students under other names, and each be safe alone but not both together.
        raise BrokenSetting(
            "tables are of one report, or of indicators alone, since the guard takes one at a time",
            "publication.tables",
        )
    for name in settings.tables:
        if is_indicator(name):
            _check_rates(name, settings)
        else:
            _check_tables(name, settings, reports)


def _check_rates(indicator: str, settings: PublicationSettings) -> None:
    """Raise BrokenSetting where an indicator is counted by nothing, or by two things at once."""
    key, tables = f"publication.tables.{indicator}", settings.tables_of(indicator)
    if not tables:
        raise BrokenSetting(f"{indicator} is counted by nothing", key)
    if any(len(table) != 1 for table in tables):
        raise BrokenSetting('an indicator is counted by one thing, such as "school"', key)


def _check_tables(report: str, settings: PublicationSettings, reports: tuple[str, ...]) -> None:
    """Raise BrokenSetting where a report is none of the period's, or a table is counted by more than two things."""
    key, tables = f"publication.tables.{report}", settings.tables_of(report)
    if report not in reports:
        raise BrokenSetting(f"{report} is none of the period's reports: {', '.join(reports) or 'it has none'}", key)
    if not tables:
        raise BrokenSetting(f"{report} names no table", key)
    for table in tables:
        if not 1 <= len(table) <= 2 or any(one == other for one, other in pairwise(table)):
            raise BrokenSetting('a table is counted by one thing, or by two as in "school by grade"', key)
    if has_circle(tables):
        raise BrokenSetting(
            "the tables are linked in a circle, which says more of a hidden number than each alone", key
        )
