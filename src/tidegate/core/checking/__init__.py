"""Checks a file: reads it, sets beside it what is stored, judges every row, and counts; slice by slice."""

from tidegate.core.checking.check_file import check
from tidegate.core.checking.check_result import CheckResult, without_equals
from tidegate.core.checking.focus import Focus

__all__ = ["CheckResult", "Focus", "check", "without_equals"]
