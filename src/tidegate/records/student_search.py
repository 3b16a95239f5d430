"""What is searched for among students: the beginning of a number, the beginnings of names; in SQL, over `known`.

Two indexes over the names are in the order in which the pages are, `student_by_last_name` and `student_by_first_name`;
a search names them word for word, or the columns of the roster.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

NUMBER = "known.student_id"
_DIGITS = 9


class Names(NamedTuple):
    """The two names in capitals, in SQL."""

    last: str
    first: str


NAMES = Names('UPPER(known.last_name) COLLATE "C"', 'UPPER(known.first_name) COLLATE "C"')
KEYS = Names("known.last_key", "known.first_key")
"""The names as a student's version has them, and as the roster has them."""


@dataclass(frozen=True)
class Phase:
    """Some of those who are found, and the order of these; an index has them side by side."""

    condition: str
    order: tuple[str, ...]


@dataclass(frozen=True)
class Search:
    """Whom a search finds: all of `phases`, one after the other, of whom `also` is true. Values are in `values`."""

    phases: tuple[Phase, ...]
    also: str = "TRUE"
    values: dict[str, str] = field(default_factory=dict)


def search_for(text: str, names: Names = NAMES) -> Search:
    """Return the search of whom each word of `text` begins a name, or the number where it is one.

    The longest word finds the fewest, and an index by it: by number, or else whose last name begins so and then whose
    first name does. The other words are asked of those.
    """
    words = sorted(text.replace(",", " ").split(), key=lambda word: (_is_number(word), len(word)), reverse=True)
    if not words:
        return Search((Phase("TRUE", (*names, NUMBER)),))
    values: dict[str, str] = {}
    phases = _phases(words[0], names, values)
    also = [f"({' OR '.join(phase.condition for phase in _phases(word, names, values))})" for word in words[1:]]
    return Search(phases, " AND ".join(also) or "TRUE", values)


def _is_number(word: str) -> bool:
    return word.isascii() and word.isdigit()


def _phases(word: str, names: Names, values: dict[str, str]) -> tuple[Phase, ...]:
    name = f"word_{len(values)}"
    if _is_number(word):
        values |= {f"{name}_low": word.ljust(_DIGITS, "0"), f"{name}_high": word.ljust(_DIGITS, "9")}
        return (Phase(f"{NUMBER} BETWEEN %({name}_low)s AND %({name}_high)s", (NUMBER,)),)
    values[name] = word.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    last, first = (f"{column} LIKE UPPER(%({name})s) || '%%'" for column in names)
    by_first = Phase(f"({first} AND NOT {last})", (names.first, names.last, NUMBER))
    return Phase(last, (*names, NUMBER)), by_first


def place_in(phases: Sequence[Phase]) -> str:
    """Return where somebody stands in the list, as four columns: the phase, null for nobody who is found, and what the
    phase is ordered by."""
    number = " ".join(f"WHEN {phase.condition} THEN {place}" for place, phase in enumerate(phases))
    keys = []
    for key in range(2):
        cases = " ".join(f"WHEN {phase.condition} THEN {phase.order[key]}" for phase in phases if len(phase.order) > 1)
        keys.append(f"CASE {cases} END" if cases else "''")
    return f"CASE {number} END AS phase, {keys[0]} AS key_1, {keys[1]} AS key_2, {NUMBER} AS number"
