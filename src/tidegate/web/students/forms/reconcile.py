"""The form by which a file is compared with the lines on file."""

from http import HTTPStatus
from itertools import islice
from typing import NamedTuple

from django import forms

from tidegate.accounts.models import Person
from tidegate.core.errors import Refusal
from tidegate.file_types import find
from tidegate.records.differences import Differences
from tidegate.records.stored_lines import stored_lines
from tidegate.uploads.lifecycle.exports.export_records import ExportRequest
from tidegate.uploads.lifecycle.exports.reconcile import as_path, reconcile

MAX_SHOWN = 200
"""The most differences that the page shows; the CSV has all of them."""


class Shown(NamedTuple):
    """What the page shows of a comparison."""

    differences: Differences
    rows: list[tuple[str, ...]]
    has_more: bool


def _list_file_types() -> list[tuple[str, str]]:
    return [(lines.file_type.slug, lines.file_type.name) for lines in stored_lines()]


class ReconcileForm(forms.Form):
    """Which file, and of which type it is."""

    file_type = forms.ChoiceField(
        label="File Type",
        choices=_list_file_types,
        error_messages={"invalid_choice": "Choose a file type from the list"},
    )
    file = forms.FileField(
        label="File",
        help_text="We only compare it: nothing is loaded or kept.",
        allow_empty_file=True,
        error_messages={"required": "Choose the file that you want to compare"},
    )

    def compare(self, asked: ExportRequest, *, by: Person) -> Differences | None:
        """Return how the file differs; None, with the sentence on the form, where it cannot be compared."""
        try:
            with as_path(self.cleaned_data["file"]) as path:
                return reconcile(path, find(self.cleaned_data["file_type"]), asked, by=by)
        except Refusal as refusal:
            self.add_error("file", refusal.in_full)
            return None

    @property
    def http_status(self) -> int:
        """How the form is answered: as new, or with what keeps the file from being compared."""
        return HTTPStatus.UNPROCESSABLE_ENTITY if self.errors else HTTPStatus.OK


def shown(found: Differences) -> Shown:
    """Return what the page shows of a comparison."""
    rows = list(islice(found.lines(), MAX_SHOWN + 1))
    return Shown(found, rows[:MAX_SHOWN], len(rows) > MAX_SHOWN)
