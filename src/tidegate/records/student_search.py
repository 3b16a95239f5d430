"""What is searched for among students: the beginning of a number, the beginnings of names; in SQL, over `known`.

Two indexes over the names are in the order in which the pages are, `student_by_last_name` and `student_by_first_name`;
a search names them word for word, or the columns of the roster.
"""

from collections.abc import Callable, Sequence
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
    values: dict[str, str | list[str]] = field(default_factory=dict)


def _no_lines(word: str) -> list[str]:  # noqa: ARG001 - no line has any
    return []


def search_for(text: str, names: Names = NAMES, *, of_lines: Callable[[str], list[str]] = _no_lines) -> Search:
    """Return the search for students whose last name, first name or number begins with each word
    of `text`, or who are among `of_lines`: the numbers of the students whose stored lines have the word."""
    # The longest word finds the fewest, so an index is walked by it: by number, or by last name and then by first name.
    # The other words filter what it finds.
    words = sorted(text.replace(",", " ").split(), key=lambda word: (_is_number(word), len(word)), reverse=True)
    if not words:
        return Search((Phase("TRUE", (*names, NUMBER)),))
    values: dict[str, str | list[str]] = {}
    each = [_phases(word, names, values, found=of_lines(word)) for word in words]
    phases = each[0]
    also = [f"({' OR '.join(phase.condition for phase in of_word)})" for of_word in each[1:]]
    return Search(phases, " AND ".join(also) or "TRUE", values)


def _is_number(word: str) -> bool:
    return word.isascii() and word.isdigit()


def _phases(word: str, names: Names, values: dict[str, str | list[str]], *, found: list[str]) -> tuple[Phase, ...]:
    """Return the phases of a word, and add what goes in as parameters to the values."""
    name = f"word_{len(values)}"
    phases = _by_student(word, names, values, name=name)
    if not found:
        return phases
    values[f"{name}_found"] = found
    others = " OR ".join(phase.condition for phase in phases)
    return *phases, Phase(f"({NUMBER} = ANY(%({name}_found)s) AND NOT ({others}))", (NUMBER,))


def _by_student(word: str, names: Names, values: dict[str, str | list[str]], *, name: str) -> tuple[Phase, ...]:
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
