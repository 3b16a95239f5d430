"""What is searched for among students: the beginning of a number, the beginnings of names; in SQL, over `known`.

Two indexes over the names are in the order in which the pages are, `student_by_last_name` and `student_by_first_name`;
a search names them word for word, or the columns of the roster.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from tidegate.records.student_keys import between

NUMBER = "known.student_id"


class Names(NamedTuple):
    """The two names in capitals, in SQL."""

    last: str
    first: str


NAMES = Names('UPPER(known.last_name) COLLATE "C"', 'UPPER(known.first_name) COLLATE "C"')
KEYS = Names("known.last_key", "known.first_key")
"""The names as a student's version has them, and as the roster has them."""


@dataclass(frozen=True)
class Phase:
    """A part of what a search finds, and its order; an index has exactly this part in this order."""

    condition: str
    order: tuple[str, ...]


@dataclass(frozen=True)
class Search:
    """A search finds the students of each phase, one phase after the other, where the condition `also` is true too.

    Conditions are SQL; what was typed is in `values` and goes in as parameters.
    """

    phases: tuple[Phase, ...]
    also: str = "TRUE"
    values: dict[str, str] = field(default_factory=dict)


def search_for(text: str, names: Names = NAMES) -> Search:
    """Return the search for students whose last name, first name or number begins with each word
    of `text`."""
    # The longest word finds the fewest, so an index is walked by it: by number, or by last name and then by first name.
    # The other words filter what it finds.
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
        values |= dict(zip((f"{name}_low", f"{name}_high"), between(word), strict=True))
        return (Phase(f"{NUMBER} BETWEEN %({name}_low)s AND %({name}_high)s", (NUMBER,)),)
    values[name] = word.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    last, first = (f"{column} LIKE UPPER(%({name})s) || '%%'" for column in names)
    by_first = Phase(f"({first} AND NOT {last})", (names.first, names.last, NUMBER))
    return Phase(last, (*names, NUMBER)), by_first


def sort_key_in(phases: Sequence[Phase]) -> str:
    """Return a student's sort key as four columns: the phase, and what its order consists of.

    The phase is null where the search does not find the student.
    """
    number = " ".join(f"WHEN {phase.condition} THEN {index}" for index, phase in enumerate(phases))
    keys = []
    for key in range(2):
        cases = " ".join(f"WHEN {phase.condition} THEN {phase.order[key]}" for phase in phases if len(phase.order) > 1)
        keys.append(f"CASE {cases} END" if cases else "''")
    return f"CASE {number} END AS phase, {keys[0]} AS key_1, {keys[1]} AS key_2, {NUMBER} AS number"
