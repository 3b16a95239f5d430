"""Suggests columns: which missing column an unknown name in the header may have been meant to be."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

from rapidfuzz import fuzz

from tidegate.core.layouts.layout import Layout, fold_name
from tidegate.core.suggestions.suggestion import MAX_SUGGESTIONS, Suggestion

_MIN_NAME_SCORE, _ALSO_CALLED_SCORE = 70, 99


def suggest_columns(names: Sequence[str], layout: Layout) -> list[Suggestion]:
    """Return the missing columns that unknown names of the header are near to; the reason says which name it is."""
    known, missing = layout.folded_names(), missing_names(names, layout)
    extras = {fold_name(name) for name in layout.known_extras}
    unknown = [name for name in names if fold_name(name) and fold_name(name) not in known.keys() | extras]
    called = {column.name: {fold_name(name) for name in column.also_called} for column in layout.columns.values()}
    found = sorted((-score, column, name) for name in unknown for score, column in _near(name, missing, called))
    suggestions: dict[str, Suggestion] = {}
    taken: set[str] = set()
    for score, column, name in found:
        if column not in suggestions and name not in taken:
            suggestions[column] = Suggestion(column, f"for {name.strip()[:60]}", is_sure=-score >= 85)
            taken.add(name)
    return list(suggestions.values())[: MAX_SUGGESTIONS * 3]


def missing_names(names: Sequence[str], layout: Layout) -> list[str]:
    """Return the columns that a header with these names does not have."""
    known = layout.folded_names()
    found = {known.get(fold_name(name)) for name in names}
    return [name for name in layout.columns if name not in found]


def _near(name: str, missing: Sequence[str], called: Mapping[str, AbstractSet[str]]) -> Iterator[tuple[float, str]]:
    for column in missing:
        if fold_name(name) in called[column]:
            yield _ALSO_CALLED_SCORE, column
            continue
        mine, theirs = fold_name(name), fold_name(column)
        score = max(fuzz.ratio(mine, theirs), 0.9 * fuzz.partial_ratio(mine, theirs) if len(mine) >= 4 else 0)
        if score >= _MIN_NAME_SCORE:
            yield score, column
