"""A fault that the reader found: a code, a place and the words that its message needs."""

from collections.abc import Sequence
from dataclasses import dataclass, field

_MOST_NAMES = 30
_LONGEST_TEXT = 60


@dataclass(frozen=True)
class Fault:
    """Something wrong with the file (`row` is None or 1) or with one row as a whole.

    `code` names the reading rule that words it; `words` fills the places in that rule's message. `value` and every
    word may come from the file.
    """

    code: str
    row: int | None = None
    value: str = ""
    words: dict[str, str] = field(default_factory=dict)


def quoted_list(names: Sequence[str]) -> str:
    """Return names as a message lists them: in straight double quotes, with commas, the first thirty of them."""
    more = f" and {len(names) - _MOST_NAMES:,} more" if len(names) > _MOST_NAMES else ""
    return ", ".join(f'"{name}"' for name in names[:_MOST_NAMES]) + more


def show_text(text: str) -> str:
    """Return a text of the file as a message shows it: on one line, without signs that cannot be seen, not too long."""
    shown = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split()).replace('"', "'")
    return f"{shown[:_LONGEST_TEXT]}…" if len(shown) > _LONGEST_TEXT else shown


def show_row(cells: Sequence[str]) -> str:
    """Return a row that is no record as a message shows it: its filled cells beside each other."""
    return show_text(" ".join(cell for cell in cells if cell.strip()))
