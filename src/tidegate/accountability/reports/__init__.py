"""Reports that are read from a snapshot, one file each: found by being there."""

import importlib
import inspect
import pkgutil
from functools import cache

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
