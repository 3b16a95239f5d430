"""The fix file's own columns: how a file that was made from an upload's bad rows is known when it comes back."""

from collections.abc import Sequence

from tidegate.core.layouts.layout import fold_name

ROW_COLUMN, FIX_COLUMN = "Row", "What to fix"
"""The two columns that a fix file has beside the uploader's own, at its end."""

_FOLDED = (fold_name(ROW_COLUMN), fold_name(FIX_COLUMN))


def is_fix_file(names: Sequence[str]) -> bool:
    """Whether a header with these names is that of a fix file."""
    folded = [fold_name(name) for name in names]
    return all(name in folded for name in _FOLDED)


def own_positions(names: Sequence[str]) -> set[int]:
    """Return the positions of the fix file's own two columns in its header; none in any other file's."""
    if not is_fix_file(names):
        return set()
    return {position for position, name in enumerate(names) if fold_name(name) in _FOLDED}
