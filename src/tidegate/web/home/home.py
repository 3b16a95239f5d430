"""What the home shows of a district or a school: each file type with what to do next, and the year in bars."""

from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from tidegate.core.rules.cause import Cause, affected_in_words
from tidegate.file_types import find_all
from tidegate.overview.district import FileTypeStatus
from tidegate.overview.months import Month, Months
from tidegate.reference.models import Organization
from tidegate.uploads.models import Standing, State
from tidegate.web.plots.bars import BarColumns, Part
from tidegate.web.uploads.forms.uploads import LOADED_ONLY
from tidegate.windows.collection import CAN_SEND, CollectionState, Windows
from tidegate.windows.describe_window import describe_window

LOADED, NOT_LOADED = Part("Loaded", "look-1"), Part("Not loaded", "look-2")


class HomeStep(NamedTuple):
    """What to do next about a file type: a sentence, and the button for it where there is something to press."""

    sentence: str
    label: str = ""
    address: str = ""
    icon: str = "file"


class LinkedCause(NamedTuple):
    """A cause of rows to correct, how many rows it affects in words, and where it is shown with them."""

    cause: Cause
    affected: str
    address: str


@dataclass(frozen=True)
class Card:
    """A file type on the home. `when` says in a sentence when files can be sent, and `is_overdue` that one is missing
    after the day on which it was due."""

    status: FileTypeStatus
    step: HomeStep
    when: str = ""
    is_overdue: bool = False

    @property
    def causes(self) -> list[LinkedCause]:
        """The open causes, each with the page that has its rows."""
        upload = self.status.open_upload
        if upload is None:
            return []
        return [
            LinkedCause(
                cause,
                affected_in_words(cause) if cause.row_count else "",
                reverse("cause", args=[upload.pk, number]) if cause.row_count else _page(upload.pk),
            )
            for number, cause in self.status.causes
        ]

    @property
    def mood(self) -> str:
        """How its standing is coloured."""
        return MOODS[self.status.standing]

    @property
    def icon(self) -> str:
        """The sign beside its standing."""
        return ICONS[self.status.standing]


MOODS = {Standing.NONE: "", Standing.NOTHING: "good", Standing.ERRORS: "care", Standing.CLEAN: "good"}
ICONS = {Standing.NONE: "file", Standing.NOTHING: "check", Standing.ERRORS: "warning", Standing.CLEAN: "check"}


def cards_of(
    statuses: Iterable[FileTypeStatus], windows: Windows, organization: Organization, *, may_send: bool
) -> Iterator[Card]:
    """Yield each file type that is collected, or of which something was sent, with what to do next.

    Args:
        statuses: Where the organization is with each file type.
        windows: The windows of the school year that concern the organization.
        organization: The organization.
        may_send: Whether the person may send files, or only look.
    """
    today = timezone.localdate()
    for status in statuses:
        collection = windows.find(status.file_type.slug, organization)
        state = collection.state_on(today)
        if state == CollectionState.NOT_COLLECTED and status.last is None:
            continue
        can_send = may_send and state in CAN_SEND
        step = _waits(status) or (_next(status) if can_send else HomeStep(""))
        is_missing = status.standing in (Standing.NONE, Standing.ERRORS)
        yield Card(status, step, describe_window(collection), is_missing and state == CollectionState.OVERDUE)


def _waits(status: FileTypeStatus) -> HomeStep | None:
    """Return what is under way, or waits for somebody; None where nothing does."""
    last, held = status.last, status.on_hold
    if last is not None and last.is_busy:
        return HomeStep("The last file is being processed.", "See how far it is", _page(last.pk))
    if held is not None:
        return HomeStep("A file waits for release by a second person.", "Look at it", _page(held.pk))
    return None


def _next(status: FileTypeStatus) -> HomeStep:
    last = status.last
    send = f"{reverse('upload_file')}?{urlencode({'file_type': status.file_type.slug})}"
    if last is not None and last.check_only and last.state == State.FINISHED:
        return HomeStep("The last file was only checked, nothing of it is loaded.", "See the check", _page(last.pk))
    if status.standing == Standing.NONE:
        return HomeStep("Nothing has been sent yet.", "Send the file", send, "upload")
    if status.standing == Standing.NOTHING:
        return HomeStep("You have nothing to report. Send a file if that changes.")
    if status.standing == Standing.CLEAN:
        return HomeStep("Nothing to do. Send a file again when something has changed.")
    upload = status.open_upload
    if upload is None or upload.state == State.FAILED:
        return HomeStep("The last file could not be read.", "See why", _page(upload.pk) if upload else send)
    count = status.to_correct_count
    rows = "1 row is" if count == 1 else f"{count:,} rows are"
    return HomeStep(f"{rows} not loaded yet.", "Correct and send again", _page(upload.pk), "upload")


def _page(upload_id: int) -> str:
    return reverse("upload", args=[upload_id])


class MonthRow(NamedTuple):
    """A month in the table beside the bars, and where the uploads are that its numbers are made of: all of them, those
    that loaded the most rows first, and those that left the most rows out first. Blank leads nowhere."""

    month: Month
    address: str = ""
    loaded_address: str = ""
    left_address: str = ""


class YearInBars(NamedTuple):
    """The months of a file type: the plot and its table."""

    name: str
    slug: str
    plot: BarColumns
    rows: Sequence[MonthRow]


def year_in_bars(months: Months, uploads: Mapping[str, str] | None) -> list[YearInBars]:
    """Return the plot and the table of each file type of which a file was loaded. Each month leads to its uploads in
    State Reporting Status: those of the focus, and of them those that the fields `uploads` ask for. None leads nowhere.
    """
    return [
        YearInBars(each.name, slug, _plot(each.name, months[slug]), list(_rows(slug, months[slug], uploads)))
        for slug, each in find_all().items()
        if slug in months
    ]


def _plot(name: str, months: Sequence[Month]) -> BarColumns:
    return BarColumns(
        title=f"{name}, rows by month",
        parts=(LOADED, NOT_LOADED),
        names=[f"{month.day:%b}" for month in months],
        values=[(month.loaded_count, month.left_count) for month in months],
    )


def _rows(slug: str, months: Sequence[Month], uploads: Mapping[str, str] | None) -> Iterator[MonthRow]:
    """Yield the months in which something was loaded, the newest first."""
    for month in (each for each in reversed(months) if each.upload_count):
        if uploads is None:
            yield MonthRow(month)
            continue
        end = month.day.replace(day=monthrange(month.day.year, month.day.month)[1])
        asked = {"file_type": slug, **uploads}
        orders: tuple[dict[str, str], ...] = ({}, {"sort": "success_count"}, {"sort": "error_count"})
        yield MonthRow(month, *(loaded_address(month.day, end, **asked, **order) for order in orders))


def loaded_address(first: date, last: date, **fields: str) -> str:
    """Return the address of State Reporting Status with the files that were loaded on these days.

    Args:
        first: The first day.
        last: The last day, included.
        **fields: What else its filter asks for, and the order.
    """
    asked = {"finished_from": f"{first}", "finished_to": f"{last}", "loaded": LOADED_ONLY, **fields}
    return f"{reverse('state_reporting_status')}?{urlencode(asked)}"
