"""The forms of a snapshot: how many take part, and each indicator, with the parts by each category."""

from collections.abc import Iterator
from dataclasses import replace

from tidegate.accountability.department.enrollment import Enrollment
from tidegate.accountability.department.form import NOBODY, Category, DepartmentForm
from tidegate.accountability.department.parts import counted_again_by, parts_by
from tidegate.accountability.indicators import find_indicators
from tidegate.accountability.indicators.indicator import ALL, Indicator, IndicatorCount
from tidegate.accountability.models import Snapshot

_OWN = ("sex", "program")
"""The categories that every snapshot has."""
_OVERLAPPING = ("program",)
"""The categories of whose values a student can have several."""
_NOT_ON_FORMS = ("school",)
"""The forms are of the whole state."""
_NOTHING = "Nothing on file says it"


def forms_of(snapshot: Snapshot) -> Iterator[DepartmentForm]:
    """Yield the form of participants and concentrators, and that of each indicator."""
    enrollment = Enrollment()
    form = _form(snapshot, enrollment, numerator="Concentrators", denominator="Participants")
    yield replace(form, assumed=enrollment.assumed(snapshot))
    for indicator in find_indicators().values():
        yield _form(snapshot, indicator, numerator="Numerator", denominator="Denominator")


def _form(snapshot: Snapshot, indicator: Indicator, *, numerator: str, denominator: str) -> DepartmentForm:
    total, *parts = indicator.counts(snapshot)
    why_no_data = indicator.why_no_data(snapshot)
    return DepartmentForm(
        code=indicator.code,
        title=indicator.title,
        wording=indicator.wording,
        numerator=numerator,
        denominator=denominator,
        total=total,
        categories=() if why_no_data else tuple(_categories(snapshot, indicator, parts)),
        why_no_data=why_no_data,
        to_confirm=indicator.to_confirm,
    )


def _categories(snapshot: Snapshot, indicator: Indicator, parts: list[IndicatorCount]) -> Iterator[Category]:
    rows = indicator.rows(snapshot)
    by: dict[str, list[IndicatorCount]] = {name: [] for name in ("sex", "race")}
    for part in parts:
        if part.category not in (ALL, *_NOT_ON_FORMS):
            by.setdefault(part.category, []).append(part)
    if by.keys() <= {"sex", "race", "cluster", "program"}:
        by["special populations"] = []
    by |= {name: by.pop(name, []) for name in ("cluster", "program")}
    for name, of in by.items():
        found = of or (list(parts_by(snapshot, name, rows, indicator=indicator.code)) if name in _OWN else [])
        again = counted_again_by(snapshot, name, rows) if name in _OVERLAPPING else NOBODY
        yield Category(name, tuple(found), again, "" if found else _NOTHING)
