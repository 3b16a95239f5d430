"""Perkins indicators of a snapshot, one file each: found by being there."""

import importlib
import inspect
import pkgutil
from functools import cache

from tidegate.accountability.indicators.indicator import Indicator


@cache
def find_indicators() -> dict[str, Indicator]:
    """Return every indicator by its code, in the order of the codes."""
    found: dict[str, Indicator] = {}
    for module in pkgutil.iter_modules(__path__):
        parts = vars(importlib.import_module(f"{__name__}.{module.name}")).values()
        own = [each for each in parts if inspect.isclass(each) and issubclass(each, Indicator)]
        found |= {each.code: each() for each in own if not inspect.isabstract(each) and hasattr(each, "code")}
    return dict(sorted(found.items()))
