"""The forms of a snapshot: how many take part, and each indicator, with the parts by each category."""

from collections.abc import Iterator

from tidegate.accountability.department.enrollment import ProgramEnrollment
from tidegate.accountability.department.form import NOBODY, DepartmentForm, FormCategory
from tidegate.accountability.department.overlaps import overlaps_by_program
from tidegate.accountability.indicators import CountedIndicator, count_indicators, find_indicators
from tidegate.accountability.indicators.indicator import IndicatorCount
from tidegate.accountability.models import Snapshot

_PROGRAM = "program"
"""The category of whose values a student can have several."""
_WITHOUT_POPULATIONS = frozenset({"sex", "race", "cluster", _PROGRAM})
_NOT_ON_FORMS = ("school",)
"""The forms are of the whole state."""
_NOTHING, _NOBODY = "Nothing on file says it", "Nobody is in the base"


def forms_of(snapshot: Snapshot) -> Iterator[DepartmentForm]:
    """Yield the form of participants and concentrators, and that of each indicator."""
    enrollment = ProgramEnrollment()
    for counted in count_indicators(snapshot, [enrollment, *find_indicators().values()]):
        if counted.indicator is enrollment:
            yield _form(snapshot, counted, numerator="Concentrators", denominator="Participants")
        else:
            yield _form(snapshot, counted, numerator="Numerator", denominator="Denominator")


def _form(snapshot: Snapshot, counted: CountedIndicator, *, numerator: str, denominator: str) -> DepartmentForm:
    indicator, why_no_data = counted.indicator, counted.why_no_data
    total, *parts = counted.counts
    return DepartmentForm(
        code=indicator.code,
        title=indicator.title,
        wording=indicator.wording,
        numerator=numerator,
        denominator=denominator,
        total=total,
        categories=() if why_no_data else tuple(_categories(snapshot, counted, parts, is_empty=not total.denominator)),
        why_no_data=why_no_data,
        to_confirm=indicator.to_confirm,
        assumed=counted.assumed,
    )


def _categories(
    snapshot: Snapshot, counted: CountedIndicator, parts: list[IndicatorCount], *, is_empty: bool
) -> Iterator[FormCategory]:
    """Yield the parts by sex, by race, by each special population, by cluster and by program, in this order."""
    by: dict[str, list[IndicatorCount]] = {"sex": [], "race": []}
    for part in parts:
        if part.category not in _NOT_ON_FORMS:
            by.setdefault(part.category, []).append(part)
    if by.keys() <= _WITHOUT_POPULATIONS:
        by["special populations"] = []
    by |= {name: by.pop(name, []) for name in ("cluster", _PROGRAM)}
    for name, found in by.items():
        again = NOBODY
        if name == _PROGRAM:
            again = overlaps_by_program(counted.indicator.rows(snapshot, definition=counted.definition))
        yield FormCategory(name, tuple(found), again, "" if found else _NOBODY if is_empty else _NOTHING)
