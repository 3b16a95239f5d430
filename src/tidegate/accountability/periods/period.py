"""Periods: what the state counts in a school year, one file each in the folder `periods` of its package."""

import hashlib
import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import product
from pathlib import Path

import msgspec

from tidegate.accountability.periods.publication_settings import PublicationSettings, check_publication
from tidegate.accounts.roles import Permission, roles_with
from tidegate.core.errors import BrokenState, Conflict, NotFound
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.layouts.state_package import StatePackage, present_package
from tidegate.core.layouts.toml_lines import BrokenSetting, with_line
from tidegate.file_types import find_all
from tidegate.records.stored_lines import lines_of

FOLDER = "periods"
"""Where a state's package has its periods."""
MAX_SLUG_LENGTH = 50
_SLUG = r"[a-z][a-z0-9]*(-[a-z0-9]+)*"


class YearlyWindow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A window that is the same every year. `closes` is the first such day after `opens`; blank is open."""

    opens: str
    closes: str = ""


class Window(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The days, both included, in which a period may be counted in one school year; None is open."""

    opens: date
    closes: date | None = None

    def __str__(self) -> str:
        return f"from {self.opens}" + (f" to {self.closes}" if self.closes else " on")


class PeriodFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the file of a period says.

    Attributes:
        title: What people call it.
        summary: One sentence on what it is for.
        order: Its position among the state's periods.
        count_day: The day on which an enrollment must be active, as `10-01`.
        file_types: The file types whose lines are frozen, by their slugs.
        reports: The reports that are read from its snapshots.
        blocking_rules: No line on file may break one of these when the count is certified.
        signers: The roles that sign it: who certifies, then who approves; blank is those roles that are made for it.
        open_findings_percent: How many lines that do not fit, and numbers that nobody has explained, there may be when
            it is certified, in percent of the lines that are counted; none until the state has said so.
        unusual_percent: By how much a number moves against last year's before it is unusual, up or down.
        unusual_students: Of how many students the move is at least: in small groups one student is many percent.
        publication: What is published of its snapshots; blank is nothing.
        window: The days in which it may be counted, of every year.
        windows: The days of single school years, by their names; they take the place of `window`.
        since: The first school year that has it, blank is open.
        until: The last one.
    """

    title: str
    summary: str
    count_day: str
    file_types: tuple[str, ...]
    reports: tuple[str, ...] = ()
    order: int = 0
    blocking_rules: tuple[str, ...] = ()
    signers: tuple[str, ...] = ()
    open_findings_percent: float = 0.0
    unusual_percent: float = 30.0
    unusual_students: int = 5
    publication: PublicationSettings | None = None
    window: YearlyWindow | None = None
    windows: dict[str, Window] = {}
    since: str = ""
    until: str = ""


@dataclass(frozen=True)
class Period:
    """What the state counts in a school year. `slug` is the name of its file, `digest` the SHA-256 of what it says."""

    slug: str
    file: PeriodFile
    digest: str

    @property
    def title(self) -> str:
        """What people call it."""
        return self.file.title

    def count_day_in(self, school_year: SchoolYear) -> date:
        """Return the day on which an enrollment must be active."""
        return _on_or_after(school_year.first_day, self.file.count_day)

    def window_in(self, school_year: SchoolYear) -> Window | None:
        """Return the window of a school year, None where it has none."""
        if not school_year.is_within(self.file.since, self.file.until):
            return None
        if school_year.name in self.file.windows:
            return self.file.windows[school_year.name]
        yearly = self.file.window
        if yearly is None:
            return None
        opens = _on_or_after(school_year.first_day, yearly.opens)
        return Window(opens, _on_or_after(opens, yearly.closes) if yearly.closes else None)

    def is_open_on(self, day: date, school_year: SchoolYear) -> bool:
        """Whether a day is within the window of the school year."""
        window = self.window_in(school_year)
        return window is not None and window.opens <= day and (window.closes is None or day <= window.closes)

    def check_is_open(self, day: date, school_year: SchoolYear) -> None:
        """Raise a Refusal where a day is outside the window of the school year, or it has none."""
        window = self.window_in(school_year)
        if window is None:
            raise Conflict(
                f"{self.title} has no window in {school_year.name}",
                fix="Choose another school year, or ask the state data team to add a window to the period's file",
                code="NO_WINDOW",
            )
        if not self.is_open_on(day, school_year):
            raise Conflict(
                f"{self.title} of {school_year.name} is open {window}, and today is {day}",
                fix="Come back while it is open, or ask the state data team to change the window",
                code="OUTSIDE_WINDOW",
            )


def find_periods() -> dict[str, Period]:
    """Return every period of the present state by slug, in the order in which people meet them."""
    return periods_of(present_package())


def find_period(slug: str) -> Period:
    """Return a period; a Refusal where the state has none of that name."""
    periods = find_periods()
    state = present_package().state.name
    found = periods.get(slug.strip().lower().replace("_", "-"))
    if found is None and not periods:
        raise NotFound(
            f"{state} has no periods, so that there is nothing to count",
            fix=f"Add a file to the folder {FOLDER} of its package",
            code="NO_PERIODS",
        )
    if found is None:
        raise NotFound("There is no such period", fix=f"Choose one of: {', '.join(periods)}", code="NO_PERIOD")
    return found


@cache
def periods_of(package: StatePackage) -> dict[str, Period]:
    """Return every period of a state. Raises BrokenState, which says what is wrong with a file and where."""
    found = [load_period(path) for path in sorted((package.folder / FOLDER).glob("*.toml"))]
    return {period.slug: period for period in sorted(found, key=lambda period: (period.file.order, period.slug))}


def load_period(path: Path) -> Period:
    """Return the period of a file. Raises BrokenState, which says what is wrong and where."""
    text = path.read_text("utf-8", errors="replace")
    try:
        file = msgspec.toml.decode(text, type=PeriodFile)
        _check(path, file)
    except (msgspec.DecodeError, ValueError) as error:
        said = with_line(path, text, error, decode=lambda raw: msgspec.convert(raw, type=PeriodFile))
        raise BrokenState(said) from error
    return Period(path.stem, file, hashlib.sha256(text.encode()).hexdigest())


def _check(path: Path, file: PeriodFile) -> None:
    if not re.fullmatch(_SLUG, path.stem) or len(path.stem) > MAX_SLUG_LENGTH:
        raise BrokenSetting("the file of a period is named as in october-count.toml")
    for name in ("title", "summary"):
        if not getattr(file, name).strip():
            raise BrokenSetting(f"the {name} is blank", name)
    for name, window in file.windows.items():
        if not re.fullmatch(r"\d{4}-\d{4}", name) or (window.closes and window.closes < window.opens):
            raise BrokenSetting(f'"{name}" is a school year such as 2020-2021, and its window ends after it begins')
    _check_days(file)
    _check_names(file)


def _check_days(file: PeriodFile) -> None:
    days = {"count_day": file.count_day}
    if file.window:
        days |= {"window.opens": file.window.opens, "window.closes": file.window.closes or file.count_day}
    for name, text in days.items():
        if not _is_day_of_a_year(text):
            raise BrokenSetting(f'"{text}" is no day of every year, such as 10-01', name)


def _check_names(file: PeriodFile) -> None:
    """Raise BrokenSetting where a file type or a rule is named that the state does not have."""
    types = find_all()
    stored = {slug for slug, each in types.items() if lines_of(each)}
    codes = {code for each in types.values() for code in each.rules_by_code()}
    for name, known in (("file_types", stored), ("blocking_rules", codes)):
        if unknown := set(getattr(file, name)) - set(known):
            raise BrokenSetting(f"{name} has {min(unknown)}, which is none of: {', '.join(sorted(known))}", name)
    _check_signers(file)
    if file.publication:
        check_publication(file.publication, file.reports)
    if not file.file_types:
        raise BrokenSetting("file_types names none, so that there is nothing to count", "file_types")


def _check_signers(file: PeriodFile) -> None:
    """Raise BrokenSetting where the signers are not one role that certifies and another that approves, or a number is
    none of its kind."""
    signs = (Permission.CERTIFY_SNAPSHOTS, Permission.APPROVE_SNAPSHOTS)
    may = [roles_with(permission) for permission in signs]
    if file.signers and file.signers not in set(product(*may)):
        known = " and ".join(" or ".join(each) for each in may)
        raise BrokenSetting(f"signers are two roles, first who certifies: {known}", "signers")
    if not 0 <= file.open_findings_percent <= 100:
        raise BrokenSetting("open_findings_percent is between 0 and 100", "open_findings_percent")
    if file.unusual_percent <= 0:
        raise BrokenSetting("unusual_percent is more than 0", "unusual_percent")
    if file.unusual_students < 1:
        raise BrokenSetting("unusual_students is at least 1", "unusual_students")


def _is_day_of_a_year(text: str) -> bool:
    try:
        return bool(re.fullmatch(r"\d\d-\d\d", text)) and bool(date(2001, *map(int, text.split("-"))))
    except ValueError:
        return False


def _on_or_after(day: date, month_and_day: str) -> date:
    """Return the first day with this month and day on or after another."""
    month, number = map(int, month_and_day.split("-"))
    this_year = date(day.year, month, number)
    return this_year if this_year >= day else date(day.year + 1, month, number)
