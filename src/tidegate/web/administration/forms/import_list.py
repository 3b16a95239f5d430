"""The forms by which a list is imported from a file, and one code is added or changed."""

from pathlib import Path
from typing import Any

from django import forms
from django.core.files import File

from tidegate.accounts.models import Person
from tidegate.administration.changes import propose_import
from tidegate.administration.code_acts import propose_code
from tidegate.administration.models import ListChange
from tidegate.administration.organizations import ORGANIZATIONS
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.reference.models import Code
from tidegate.reference.models import SchoolYear as StoredYear
from tidegate.reference.problem import ReferenceRefused
from tidegate.uploads.lifecycle.exports.reconcile import as_path
from tidegate.web.administration.forms.organization import ProposingForm

_MAX_BYTES = 20_000_000


class ImportForm(ProposingForm):
    """The file, and what becomes of codes that it does not have."""

    file = forms.FileField(
        label="File",
        allow_empty_file=True,
        help_text="A CSV. Nothing is changed yet: the next page shows what would be.",
        error_messages={"required": "Choose the file"},
    )
    last_year = forms.TypedChoiceField(
        label="Codes that the file does not have", coerce=int, empty_value=None, required=False
    )

    def __init__(self, *args: Any, list_name: str, **more: Any) -> None:
        super().__init__(*args, **more)
        self.list_name = list_name
        self.problems: list[str] = []  # what is wrong with the file, a sentence for each row
        if list_name == ORGANIZATIONS:
            del self.fields["last_year"]
            return
        years = StoredYear.objects.order_by("-first").values_list("first", "name")
        choices = [("", "stay as they are"), *((first, f"end with {name}") for first, name in years)]
        self.fields["last_year"].choices = choices  # type: ignore[attr-defined]

    def clean_file(self) -> "File[bytes]":
        """Return the file, which is at most as large as any list."""
        file: File[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > _MAX_BYTES:
            raise forms.ValidationError("The file is larger than 20 MB, which no list is. Choose the file of the list")
        return file

    def propose(self, *, by: Person) -> ListChange | None:
        """Return the import."""
        file, last_year = self.cleaned_data["file"], self.cleaned_data.get("last_year")
        year = None if last_year is None else SchoolYear(last_year)

        def propose() -> ListChange:
            with as_path(file) as path:
                name = Path(file.name or "file").name
                return propose_import(self.list_name, path, file_name=name, by=by, last_year=year)

        try:
            return self.tried(propose)
        except ReferenceRefused as refused:
            self.problems = refused.fix.splitlines()
            self.add_error("file", refused.message)
            return None


class ListCodeForm(ProposingForm):
    """One code with its title and years."""

    code = forms.CharField(label="Code", max_length=20, error_messages={"required": "Enter the code"})
    title = forms.CharField(label="Title", max_length=300, required=False)
    first_year = forms.CharField(
        label="First school year", max_length=9, required=False, help_text="Such as 2026-2027; blank is open."
    )
    last_year = forms.CharField(
        label="Last school year", max_length=9, required=False, help_text="To end the code. Blank is open."
    )

    def __init__(self, *args: Any, list_name: str, code: Code | None = None, **more: Any) -> None:
        super().__init__(*args, **more)
        self.list_name, self.stored = list_name, code
        if code is not None:
            self.fields["code"].widget = forms.HiddenInput()
            self.initial = {
                "code": code.code,
                "title": code.title,
                "first_year": _name_of(code.first_year),
                "last_year": _name_of(code.last_year),
            }

    def propose(self, *, by: Person) -> ListChange | None:
        """Return the addition, or the other title and years."""
        said = self.cleaned_data

        def propose() -> ListChange:
            first, last = (SchoolYear.parse(said[name]) if said[name] else None for name in ("first_year", "last_year"))
            code, title = said["code"].strip(), said["title"].strip()
            return propose_code(self.list_name, code, title=title, first_year=first, last_year=last, by=by)

        return self.tried(propose)


def _name_of(year: int | None) -> str:
    return "" if year is None else SchoolYear(year).name
