"""Draws a student's time line."""

from collections.abc import Iterator, Sequence
from datetime import date

from tidegate.reference.models import SchoolYear
from tidegate.uploads.history.facts import Fact, FactKind
from tidegate.web.plots.time_line import Bar, Look, TimeLine, Track

_LOOKS = {
    FactKind.PRIMARY: Look.FILLED,
    FactKind.CONCURRENT: Look.HOLLOW,
    FactKind.LINE: Look.PALE,
    FactKind.GAP: Look.GAP,
}


def draw(facts: Sequence[Fact], school_year: SchoolYear, *, day: date, label: str) -> TimeLine:
    """Return the time line of the facts over a school year, with a line under a label at the end of a day."""
    period = school_year.period
    tracks = [
        Track(name, list(_bars(of_track)), "; ".join(fact.in_words for fact in of_track) or "nothing on file")
        for name in dict.fromkeys(fact.track for fact in facts)
        for of_track in [[fact for fact in facts if fact.track == name]]
    ]
    return TimeLine(period.first_day, period.last_day, day, label, tracks)


def _bars(facts: Sequence[Fact]) -> Iterator[Bar]:
    for fact in facts:
        if fact.first is not None:
            is_wrong = bool(fact.problem) and fact.kind != FactKind.GAP
            yield Bar(fact.first, fact.end, fact.label, _LOOKS[fact.kind], is_wrong)
