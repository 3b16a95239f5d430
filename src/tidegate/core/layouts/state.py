"""A state as its package's state.toml has it: its names, its words on the screen, and the forms of its IDs."""

import re
from datetime import date
from pathlib import Path
from typing import Literal

import msgspec

from tidegate.core.errors import BrokenLayout, BrokenState
from tidegate.core.layouts.toml_lines import BrokenSetting, read_utf8, with_line

STATE_FILE = "state.toml"
MAX_STUDENT_DIGITS = 12
MAX_ORGANIZATION_LENGTH = 14
WORDS = {
    "sau": "district",
    "sau_in_full": "school district",
    "organization_id": "organization ID",
    "organization_list": "the state's list of organizations",
    "cte_school": "technical school",
    "cte_director": "Technical school director",
    "primary": "primary",
    "concurrent": "concurrent",
    "new_numbers": "a student who is new to the state gets a number from the state data team",
}
"""What people call things, where the state has no word of its own."""
_DERIVED = ("saus", "a_sau", "kind_of_cte_school", "kind_of_sau", "organization_id_length")
_MAY_BE_SAID = (*WORDS, *_DERIVED[:3])
HEADERS = ("OrganizationID", "SAUID", "SchoolID", "StateStudentID", "SchoolStudentID", "CTECode")
"""The columns of a reference folder's files that a state may name in its own way."""
LIST_NAME_FORM = "[a-z][a-z0-9_]{0,49}"
"""The form of a code list's name, which is also a file name of the reference folder."""
_PLACEHOLDER = r"\{words\.(\w+)\}"


class StudentNumbers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many digits a state student number has: one length, or a range of lengths."""

    min_digits: int
    max_digits: int


class OrganizationIds(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the state writes the IDs of districts and schools: digits alone, or any text."""

    form: Literal["digits", "text"]
    max_length: int

    @property
    def length_in_words(self) -> str:
        """How long an ID may be, as people read it."""
        return f"at most {self.max_length} {'digits' if self.form == 'digits' else 'characters'}"


class SchoolYears(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """On which day a school year begins (`07-01`), and which ones can be opened: from the one that begins in `first` to
    so many after the current one."""

    begins: str
    first: int
    years_ahead: int


class CodeListOfState(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A code list that every reference folder of the state has."""

    nouns: tuple[str, str]
    """What one code is called, and several."""
    pattern: str = ""
    """The form of its codes in the file, as a regular expression."""
    pattern_in_words: str = ""
    is_of_cip: bool = False
    """Whether its codes are CIP codes, so that the list of the NCES can be imported as this one."""


class StateSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A state, the same for all of its file types."""

    name: str
    short_name: str
    """How the state is called where there is little room, such as its postal abbreviation."""
    words: dict[str, str] = {}
    """What the state's people call things, by the names of `WORDS`; once loaded also the words that follow from them:
    `saus`, `a_sau`, how `organizations.csv` names the two kinds, and how long an ID of an organization may be."""
    student_numbers: StudentNumbers
    organization_ids: OrganizationIds
    school_years: SchoolYears
    code_lists: dict[str, CodeListOfState] = {}
    headers: dict[str, str] = {}
    """The state's own names for some of `HEADERS`, in the files of reference folders and in answer files."""
    first_file: str = ""
    """Which file comes first and why, for who has sent none yet; blank where the order is free."""
    no_ready_format: str = ""
    """For which program of the state's districts there is no ready format and why; blank where there is no such."""

    def word(self, name: str) -> str:
        """Return what the state calls a thing. Raises BrokenState where no thing has that name."""
        if name not in self.words:
            raise BrokenState(f"{{words.{name}}} is in a text, and there is no such word: {', '.join(self.words)}")
        return self.words[name]

    def in_words(self, text: str) -> str:
        """Return a text with the state's word for each `{words.sau}`."""
        return re.sub(_PLACEHOLDER, lambda found: self.word(found[1]), text)

    def header(self, column: str) -> str:
        """Return what the state calls a column of a reference folder's file."""
        return self.headers.get(column, column)

    def in_headers(self, text: str) -> str:
        """Return a text with the state's own name for each such column."""
        return re.sub(r"\w+", lambda word: self.header(word[0]), text) if self.headers else text


def load_state(folder: Path) -> StateSettings:
    """Return the state that a package's folder describes. Raises BrokenState, which says what is wrong and where."""
    path = folder / STATE_FILE
    if not path.is_file():
        raise BrokenState(f"{folder}: there is no {STATE_FILE}, so that this is no state's package")
    try:
        text = read_utf8(path)
    except BrokenLayout as error:
        raise BrokenState(str(error)) from error
    try:
        state = msgspec.toml.decode(text, type=StateSettings)
        _check(state)
        state = msgspec.structs.replace(state, words=_all_words(state))
    except (msgspec.DecodeError, ValueError) as error:
        said = with_line(path, text, error, decode=lambda raw: msgspec.convert(raw, type=StateSettings))
        raise BrokenState(said) from error
    return state


def _all_words(state: StateSettings) -> dict[str, str]:
    words = WORDS | {name: word for name, word in state.words.items() if word.strip()}
    sau, cte_school = words["sau"], words["cte_school"]
    derived = (
        f"{sau}s",
        f"{'an' if sau[0] in 'aeiouAEIOU' else 'a'} {sau}",
        re.sub(r"\b\w", lambda letter: letter[0].upper(), cte_school),
        sau[0].upper() + sau[1:],
        state.organization_ids.length_in_words,
    )
    return dict(zip(_DERIVED, derived, strict=True)) | words


def _check(state: StateSettings) -> None:
    """Raise BrokenSetting where a length, a form or a year cannot be."""
    for name in ("name", "short_name"):
        if not getattr(state, name).strip():
            raise BrokenSetting(f"the {name} is blank", f"{name}")
    digits = state.student_numbers
    if not 5 <= digits.min_digits <= digits.max_digits <= MAX_STUDENT_DIGITS:
        raise BrokenSetting(
            f"student numbers have 5 to {MAX_STUDENT_DIGITS} digits, the fewest first", "student_numbers"
        )
    if not 1 <= state.organization_ids.max_length <= MAX_ORGANIZATION_LENGTH:
        raise BrokenSetting(
            f"organization IDs have 1 to {MAX_ORGANIZATION_LENGTH} characters", "organization_ids.max_length"
        )
    _check_words(state)
    _check_headers(state.headers)
    for name, listed in state.code_lists.items():
        _check_list(name, listed)
    _check_years(state.school_years)


def _check_words(state: StateSettings) -> None:
    if unknown := state.words.keys() - set(_MAY_BE_SAID):
        raise BrokenSetting(f"there is no word {min(unknown)}, but {', '.join(_MAY_BE_SAID)}", f"words.{min(unknown)}")
    for name, word in {"name": state.name, "short_name": state.short_name, **state.words}.items():
        if found := re.search(r"[<>{}\x00-\x1f\x7f]", word):
            keys = f"words.{name}" if name in state.words else name
            raise BrokenSetting(
                f"{name} has {found[0]!r} in it, and is a word in one line, without <, >, {{ and }}", keys
            )


def _check_headers(headers: dict[str, str]) -> None:
    for column, own in headers.items():
        keys = f"headers.{column}"
        if column not in HEADERS:
            raise BrokenSetting(f"there is no column {column} to name, but {', '.join(HEADERS)}", keys)
        if not re.fullmatch(r"\w+", own):
            raise BrokenSetting(f'the name "{own}" of a column has letters, digits and "_" alone', keys)
        if own in HEADERS or list(headers.values()).count(own) > 1:
            raise BrokenSetting(f"another column is named {own}, too", keys)


def _check_years(years: SchoolYears) -> None:
    if not (1900 <= years.first <= 2100 and 0 <= years.years_ahead <= 100):
        raise BrokenSetting(
            "school years begin with one from 1900 to 2100 and go on for at most 100 more", "school_years"
        )
    try:
        date(2001, *map(int, years.begins.split("-")))
    except (ValueError, TypeError) as error:
        raise BrokenSetting("a school year begins on a day such as 07-01", "school_years.begins") from error


def _check_list(name: str, listed: CodeListOfState) -> None:
    keys = f"code_lists.{name}"
    if not re.fullmatch(LIST_NAME_FORM, name):
        raise BrokenSetting(f'the name of the code list "{name}" is written as in race_codes', keys)
    if bool(listed.pattern) != bool(listed.pattern_in_words):
        raise BrokenSetting("pattern and pattern_in_words go together", keys)
