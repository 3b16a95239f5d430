"""Which uploads State Reporting Status shows, and in which order: all of it is part of the address."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from django import forms
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Lower
from django.utils import timezone

from tidegate.accounts.models import Person
from tidegate.file_types import find_all
from tidegate.overview.loaded_files import was_loaded
from tidegate.reference.models import Organization
from tidegate.reference.models.organization import identified_by
from tidegate.uploads.models import FindingCount, State, Upload, WaitingRow, WaitState
from tidegate.web.pages import MAX_TEXT_LENGTH, Rows, clean_text

TO_FIX = "to_fix"
LOADED_ONLY = "only"
_SORTED = "sorted_by"


class _Sort(NamedTuple):
    label: str
    column: str
    by: Any = None
    is_downward: bool = True
    may_move: bool = False


_SORTS = {
    "": _Sort("Newest first", "sent_at"),
    "oldest": _Sort("Oldest first", "sent_at", is_downward=False),
    "file_name": _Sort("File Name, A to Z", "file_name", Lower("file_name"), is_downward=False),
    "file_type": _Sort("File Type, A to Z", "file_type", F("file_type"), is_downward=False),
    "sent_by": _Sort("Sent by, A to Z", "sent_by", Lower("sent_by__name"), is_downward=False),
    "state": _Sort("State, A to Z", "state", F("state"), is_downward=False, may_move=True),
    "row_count": _Sort("Row Count, most first", "row_count", Coalesce("row_count", Value(-1)), may_move=True),
    "success_count": _Sort(
        "Success Count, most first", "success_count", Coalesce("success_count", Value(-1)), may_move=True
    ),
    "error_count": _Sort("Error, most first", "error_count", Coalesce("error_count", Value(-1)), may_move=True),
}


class _Text(forms.CharField):
    def __init__(self, label: str) -> None:
        super().__init__(label=label, required=False, widget=forms.TextInput(attrs={"maxlength": MAX_TEXT_LENGTH}))

    def to_python(self, value: Any) -> str:
        return clean_text(value or "")


def _day(label: str) -> forms.DateField:
    return forms.DateField(label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}))


class UploadsForm(forms.Form):
    """The filters of the table and its order; blank ones ask for nothing."""

    text = _Text("File name or organization")
    file_type = forms.ChoiceField(label="File Type", required=False)
    state = forms.ChoiceField(label="State", required=False)
    organization = _Text("Organization, by its ID")
    sent_by = _Text("Sent by")
    rule = _Text("Rule, by its code")
    sent_from = _day("Sent on or after")
    sent_to = _day("Sent on or before")
    finished_from = _day("Finished on or after")
    finished_to = _day("Finished on or before")
    loaded = forms.ChoiceField(
        label="Loaded", required=False, choices=[("", "Loaded or not"), (LOADED_ONLY, "Only files that were loaded")]
    )
    sort = forms.ChoiceField(
        label="Sort by", required=False, choices=[(name, each.label) for name, each in _SORTS.items()]
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        # The Upload File box over the page has fields of the same names.
        super().__init__(*args, **{"auto_id": "filter-%s", **more})
        types = [("", "Any file type"), *((slug, each.name) for slug, each in find_all().items())]
        self.fields["file_type"].choices = types  # type: ignore[attr-defined]
        states = [("", "Any state"), *State.choices, (TO_FIX, "Finished, with rows to fix")]
        self.fields["state"].choices = states  # type: ignore[attr-defined]

    @property
    def is_filtered(self) -> bool:
        """Whether some uploads are left out."""
        return self.is_valid() and any(value for name, value in self.cleaned_data.items() if name != "sort")

    @property
    def is_open(self) -> bool:
        """Whether the form has something to show: a filter, another order, or an error."""
        return self.is_filtered or bool(self.errors) or bool(self.cleaned_data.get("sort"))

    @property
    def sorted_by(self) -> dict[str, str]:
        """The column that the table is sorted by, with the direction as ARIA calls it."""
        sort = self._sort()
        return {sort.column: "descending" if sort.is_downward else "ascending"}

    def rows(self, uploads: "QuerySet[Upload]") -> Rows:
        """Return those of the uploads that are asked for, in the order that is asked for; all of them, the newest
        first, where the form has errors, which it shows."""
        sort = self._sort()
        if self.is_valid():
            for name, value in self.cleaned_data.items():
                if value and name in _FILTERS:
                    uploads = uploads.filter(_FILTERS[name](value))
        order: tuple[str, ...] = ("sent_at", "pk")
        if sort.by is not None:
            uploads, order = uploads.annotate(**{_SORTED: sort.by}), (_SORTED, *order)
        return Rows(uploads, order, is_downward=sort.is_downward, may_move=sort.may_move)

    def _sort(self) -> _Sort:
        return _SORTS[self.cleaned_data["sort"] if self.is_valid() else ""]


def _has_text(text: str) -> Q:
    named = Organization.objects.filter(name__icontains=text).order_by().values("pk")
    return Q(file_name__icontains=text) | Q(organization__in=named)


def _is_of(identifier: str) -> Q:
    """Return the condition that an upload is of the organization with this ID, or of one of its schools."""
    named = Organization.objects.filter(identified_by(identifier)).order_by().values("pk")
    return Q(organization__in=named) | Q(organization__parent__in=named)


def _is_in_state(state: str) -> Q:
    if state != TO_FIX:
        return Q(state=state)
    waited = WaitingRow.objects.filter(upload=OuterRef("pk"), state__in=(WaitState.WAITING, WaitState.LOADED))
    counted = waited.order_by().values("upload").annotate(rows=Count("pk")).values("rows")
    settled = Coalesce("held_count", Value(0)) + Coalesce(Subquery(counted), Value(0))
    has_errors = Q(state=State.FINISHED, error_count__gt=settled)
    return has_errors & ~Q(corrected_by__state=State.FINISHED)


def _breaks(code: str) -> Q:
    return Q(Exists(FindingCount.objects.filter(upload=OuterRef("pk"), code=code.upper())))


def _is_sent_by(text: str) -> Q:
    return Q(sent_by__in=Person.objects.filter(Q(name__icontains=text) | Q(email__icontains=text)))


def _start_of(day: date, *, next_day: bool = False) -> datetime:
    within = min(max(day, date(1970, 1, 1)), date(2200, 1, 1))  # the calendar's ends have no time in every zone
    return timezone.make_aware(datetime.combine(within + timedelta(days=next_day), time.min))


def _finished_by(day: date) -> Q:
    """Return the condition that an upload finished on this day or before."""
    end = _start_of(day, next_day=True)
    # What was sent later cannot have finished by then. The indexes are by the time of sending: they begin there.
    return Q(finished_at__lt=end, sent_at__lt=end + timedelta(days=1))


_FILTERS: dict[str, Callable[[Any], Q]] = {
    "text": _has_text,
    "file_type": lambda slug: Q(file_type=slug),
    "state": _is_in_state,
    "organization": _is_of,
    "sent_by": _is_sent_by,
    "rule": _breaks,
    "sent_from": lambda day: Q(sent_at__gte=_start_of(day)),
    "sent_to": lambda day: Q(sent_at__lt=_start_of(day, next_day=True)),
    "finished_from": lambda day: Q(finished_at__gte=_start_of(day)),
    "finished_to": _finished_by,
    "loaded": lambda _: was_loaded(),
}
