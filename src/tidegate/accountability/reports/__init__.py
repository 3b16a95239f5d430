"""Reports that are read from a snapshot, one file each: found by being there."""

import importlib
import inspect
import pkgutil
from functools import cache

from tidegate.accountability.frozen_lines.definition import DEFINITIONS
from tidegate.accountability.models import Snapshot
from tidegate.accountability.periods.period import find_periods
from tidegate.accountability.reports.report import Report


@cache
def find_reports() -> dict[str, Report]:
    """Return every report by its slug, which is the name of its file with hyphens."""
    found: dict[str, Report] = {}
    for module in pkgutil.iter_modules(__path__):
        parts = vars(importlib.import_module(f"{__name__}.{module.name}")).values()
        own = [each for each in parts if inspect.isclass(each) and issubclass(each, Report) and each is not Report]
        found |= {module.name.replace("_", "-"): each() for each in own}
    return found


def slugs_of(snapshot: Snapshot) -> list[str]:
    """Return the slugs of the reports of a snapshot: those that its period had when it was taken.

    An older release did not freeze them. Of its snapshots they are those that the period has today, without those that
    ask for a definition where none was frozen: another one than that of its day would count them.
    """
    known = find_reports()
    if snapshot.reports is not None:
        return [slug for slug in snapshot.reports if slug in known]
    period = find_periods().get(snapshot.period)
    has_definition = any(table["name"] == DEFINITIONS for table in snapshot.tables)
    today = period.file.reports if period else ()
    return [slug for slug in today if has_definition or not known[slug].needs_definition]
