"""The layout of an old EDFacts file: its columns by their positions, the values that may stand in them, its category
sets, and what no source gives."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import msgspec

from tidegate.core.errors import BrokenLayout, NotFound
from tidegate.core.layouts.toml_lines import BrokenSetting, with_line

FOLDER = Path(__file__).parent / "profiles"
AMOUNT, TOTAL, RECORD_NUMBER, TABLE = "Amount", "TotalIndicator", "FileRecordNumber", "TableTypeAbbrv"
STATE, AGENCY, EXPLANATION = "FIPSStateCode", "StateAgencyNumber", "Explanation"
_FRAME = (RECORD_NUMBER, STATE, AGENCY, TABLE, TOTAL, EXPLANATION, AMOUNT)


class ProfileColumn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A column of a record, from its first character to its last, counted from 1. `values` are what may stand in it,
    with what each means; none where no source gives them."""

    name: str
    first: int
    last: int
    is_filler: bool = False
    values: dict[str, str] = {}

    @property
    def length(self) -> int:
        """How many characters it has."""
        return self.last - self.first + 1


class CategorySet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A break-down by one column, never crossed with another. If it `adds_up`, each student has one of its values, so
    that its parts are the total."""

    name: str
    column: str
    adds_up: bool = False


class Profile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The layout of a file.

    Attributes:
        file: Its number, such as `156`.
        title: What people call it.
        table: The abbreviation of its table; blank where no source gives it, and then none can be written.
        first_year: The first school year of which it was collected.
        last_year: The last one.
        outcomes: The columns that every record has a value in.
        columns: All columns, in order.
        category_sets: The break-downs.
        has_total: Whether the total of all outcomes is a record, too.
        not_found: What no source gives, in words.
    """

    file: str
    title: str
    table: str
    first_year: str
    last_year: str
    outcomes: tuple[str, ...]
    columns: tuple[ProfileColumn, ...]
    category_sets: tuple[CategorySet, ...]
    has_total: bool = True
    not_found: tuple[str, ...] = ()

    @property
    def record_length(self) -> int:
        """How many characters a record has before the end of its line."""
        return self.columns[-1].last

    def column(self, name: str) -> ProfileColumn | None:
        """Return a column by its name, None where there is none."""
        return next((column for column in self.columns if column.name == name), None)

    def is_category(self, name: str) -> bool:
        """Whether students can be counted by a column, also where its values are not known."""
        column = self.column(name)
        return column is not None and not column.is_filler and name not in (*_FRAME, *self.outcomes)

    def set_of(self, column: str) -> CategorySet | None:
        """Return the category set of a column, None where it has none."""
        return next((each for each in self.category_sets if each.column == column), None)


@cache
def find_profiles() -> dict[str, Profile]:
    """Return every profile by the number of its file. Raises BrokenLayout, which says what is wrong and where."""
    return {path.stem: load_profile(path) for path in sorted(FOLDER.glob("*.toml"))}


def find_profile(file: str) -> Profile:
    """Return the profile of a file; NotFound where there is none."""
    found = find_profiles().get(file.strip().upper().removeprefix("FS"))
    if found is None:
        raise NotFound(
            f'There is no profile of an EDFacts file "{file}"',
            fix=f"Choose one of: {', '.join(find_profiles())}",
            code="NO_PROFILE",
        )
    return found


def load_profile(path: Path) -> Profile:
    """Return the profile in a file. Raises BrokenLayout, which says what is wrong and where."""
    text = path.read_text("utf-8", errors="replace")
    try:
        profile = msgspec.toml.decode(text, type=Profile)
        for keys, said in _faults(profile):
            raise BrokenSetting(said, keys)
    except (msgspec.DecodeError, ValueError) as error:
        said = with_line(path, text, error, decode=lambda raw: msgspec.convert(raw, type=Profile))
        raise BrokenLayout(said) from error
    return profile


def _faults(profile: Profile) -> Iterator[tuple[str, str]]:
    """Yield what does not fit together, with where it stands."""
    ends = [0, *(column.last for column in profile.columns)]
    for end, column in zip(ends, profile.columns, strict=False):
        if column.first != end + 1 or column.last < column.first:
            yield "columns", f"{column.name} begins at {column.first}, and the column before it ends at {end}"
        if too_long := [value for value in column.values if len(value) > column.length]:
            yield "columns", f"{column.name} has {column.length} characters, which {too_long[0]} does not fit into"
    names = {column.name for column in profile.columns if not column.is_filler}
    if missing := [name for name in (*_FRAME, *profile.outcomes) if name not in names]:
        yield "columns", f"there is no column {missing[0]}"
    for each in profile.category_sets:
        broken_down = profile.column(each.column)
        if broken_down is None or not broken_down.values:
            yield "category_sets", f"the category set {each.name} is of {each.column}, which has no values"
