"""Counts what the pages of a snapshot show before somebody asks for it."""

from tidegate.accountability.indicators import count_indicators
from tidegate.accountability.models import Snapshot
from tidegate.accountability.reports import find_reports, slugs_of


def count_ahead(snapshot: Snapshot) -> None:
    """Count the reports and indicators of the whole state, so that they are stored. What is stored already is read."""
    for slug in slugs_of(snapshot):
        for _ in find_reports()[slug].tables(snapshot):
            pass  # to count it is to store it
    for _ in count_indicators(snapshot):
        pass
