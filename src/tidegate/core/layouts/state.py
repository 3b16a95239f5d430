"""A state as its package's state.toml has it: its names, its words on the screen, and the forms of its IDs."""

from pathlib import Path
from typing import Literal

import msgspec

from tidegate.core.errors import BrokenLayout
from tidegate.core.layouts.toml_lines import with_line

STATE_FILE = "state.toml"
MAX_STUDENT_DIGITS = 12
MAX_ORGANIZATION_LENGTH = 14


class StudentNumbers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many digits a state student number has: one length, or a range of lengths."""

    min_digits: int
    max_digits: int

    @property
    def is_one_length(self) -> bool:
        """Whether all numbers are equally long, so that the number alone says which one it is."""
        return self.min_digits == self.max_digits


class OrganizationIds(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the state writes the IDs of districts and schools: digits alone, or any text."""

    form: Literal["digits", "text"]
    max_length: int


class SchoolYears(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which school years can be opened: from the one that begins in `first` to so many after the current one."""

    first: int
    years_ahead: int


class State(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A state, the same for all of its file types."""

    name: str
    short_name: str
    """How the state is called where there is little room, such as its postal abbreviation."""
    words: dict[str, str]
    """What the state's people call things; a word that it does not give is the field's own."""
    student_numbers: StudentNumbers
    organization_ids: OrganizationIds
    school_years: SchoolYears


def load_state(folder: Path) -> State:
    """Return the state that a package's folder describes. Raises BrokenLayout, which says what is wrong and where."""
    path = folder / STATE_FILE
    if not path.is_file():
        raise BrokenLayout(f"{folder}: there is no {STATE_FILE}, so that this is no state's package")
    text = path.read_text("utf-8")
    try:
        state = msgspec.toml.decode(text, type=State)
        _check(state)
    except (msgspec.DecodeError, ValueError) as error:
        raise BrokenLayout(with_line(path, text, str(error))) from error
    return state


def _check(state: State) -> None:
    """Raise ValueError where a length, a form or a year cannot be."""
    for name in ("name", "short_name"):
        if not getattr(state, name).strip():
            raise ValueError(f"the {name} is blank - at `$.{name}`")
    digits = state.student_numbers
    if not 5 <= digits.min_digits <= digits.max_digits <= MAX_STUDENT_DIGITS:
        raise ValueError(
            f"student numbers have 5 to {MAX_STUDENT_DIGITS} digits, the fewest first - at `$.student_numbers`"
        )
    if not 1 <= state.organization_ids.max_length <= MAX_ORGANIZATION_LENGTH:
        raise ValueError(
            f"organization IDs have 1 to {MAX_ORGANIZATION_LENGTH} characters - at `$.organization_ids.max_length`"
        )
    years = state.school_years
    if not (1900 <= years.first <= 2100 and 0 <= years.years_ahead <= 100):
        raise ValueError(
            "school years begin with one from 1900 to 2100 and go on for at most 100 more - at `$.school_years`"
        )
