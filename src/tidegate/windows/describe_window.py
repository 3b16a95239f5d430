"""Says in one sentence when files can be sent, for every page on which somebody sends, and for programs."""

from collections.abc import Callable
from datetime import date

from django.utils import timezone

from tidegate.core.errors import Conflict
from tidegate.core.format_day import format_day
from tidegate.file_types import find_all
from tidegate.windows.collection import CAN_SEND, Collection, CollectionState

_STILL_CHECK = "You can still check the file: nothing is loaded then"


def describe_window(collection: Collection, *, day: date | None = None) -> str:
    """Return when files of the type can be sent, or why they cannot; blank where they always can. `day` is today if
    nothing else is said."""
    state = collection.state_on(day or timezone.localdate())
    return _SENTENCES[state](collection)


def why_not_open(collection: Collection, *, day: date) -> Conflict | None:
    """Return why a file that is received on a day cannot be loaded; None where it can."""
    state = collection.state_on(day)
    if state in CAN_SEND:
        return None
    message, fix = _REFUSALS[state](collection)
    return Conflict(message, fix=fix, code=state.upper())


def _open(collection: Collection) -> str:
    window = collection.window
    if window is None:
        return ""
    if window.due == window.closes:
        return f"Due and closing {format_day(window.closes)}."
    return f"Due {format_day(window.due)}; closes {format_day(window.closes)}."


def _overdue(collection: Collection) -> str:
    assert collection.window
    return f"Was due {format_day(collection.window.due)}; closes {format_day(collection.window.closes)}."


def _late(collection: Collection) -> str:
    assert collection.window
    assert collection.allowance
    return (
        f"Closed on {format_day(collection.window.closes)}; "
        f"late files are allowed until {format_day(collection.allowance.until)}."
    )


def _before_opening(collection: Collection) -> str:
    assert collection.window
    return f"Opens {format_day(collection.window.opens)}; closes {format_day(collection.window.closes)}."


def _after_closing(collection: Collection) -> str:
    assert collection.window
    return f"Closed on {format_day(collection.window.closes)}. Ask the state data team to allow a late file."


def _without_collection(collection: Collection) -> str:
    return f"Not collected for {collection.school_year.name}."


def _in_closed_year(collection: Collection) -> str:
    message, fix = _year_closed(collection)
    return f"{message}. {fix.partition('. ')[0]}."


def _name(collection: Collection) -> str:
    found = find_all().get(collection.file_type)
    return found.name if found else collection.file_type


def _not_open(collection: Collection) -> tuple[str, str]:
    assert collection.window
    said = f"{_name(collection)} for {collection.school_year.name} opens on {format_day(collection.window.opens)}"
    return said, f"Send the file then. {_STILL_CHECK}"


def _closed(collection: Collection) -> tuple[str, str]:
    assert collection.window
    said = f"{_name(collection)} for {collection.school_year.name} closed on {format_day(collection.window.closes)}"
    return said, f"Ask the state data team to allow a late file. {_STILL_CHECK}"


def _not_collected(collection: Collection) -> tuple[str, str]:
    said = f"{_name(collection)} is not collected for {collection.school_year.name}"
    return said, f"Check the school year at the top of the page. {_STILL_CHECK}"


def _year_closed(collection: Collection) -> tuple[str, str]:
    closed_at = collection.school_year.closed_at
    on = f" on {format_day(timezone.localdate(closed_at))}" if closed_at else ""
    said = f"The school year {collection.school_year.name} was closed{on}, so its records cannot be changed"
    return said, f"Ask the state data team to reopen it. {_STILL_CHECK}"


_REFUSALS: dict[CollectionState, Callable[[Collection], tuple[str, str]]] = {
    CollectionState.NOT_COLLECTED: _not_collected,
    CollectionState.YEAR_CLOSED: _year_closed,
    CollectionState.NOT_OPEN: _not_open,
    CollectionState.CLOSED: _closed,
}
_SENTENCES: dict[CollectionState, Callable[[Collection], str]] = {
    CollectionState.OPEN: _open,
    CollectionState.OVERDUE: _overdue,
    CollectionState.LATE_ALLOWED: _late,
    CollectionState.NOT_OPEN: _before_opening,
    CollectionState.CLOSED: _after_closing,
    CollectionState.NOT_COLLECTED: _without_collection,
    CollectionState.YEAR_CLOSED: _in_closed_year,
}
