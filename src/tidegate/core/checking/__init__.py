"""Checks a file slice by slice: reads it, looks up what is stored, checks every row, and counts."""

from tidegate.core.checking.check_file import check
from tidegate.core.checking.check_result import CheckResult, FindLoadedBefore, LoadedBefore, without_equals
from tidegate.core.checking.focus import Focus
from tidegate.core.checking.line_plan import LinePlan, PlanSettings

__all__ = [
    "CheckResult",
    "FindLoadedBefore",
    "Focus",
    "LinePlan",
    "LoadedBefore",
    "PlanSettings",
    "check",
    "without_equals",
]
