"""A day as people write it."""

from datetime import date


def format_day(day: date) -> str:
    """Return a day as people write it: October 31, 2026."""
    return f"{day:%B} {day.day}, {day.year}"
