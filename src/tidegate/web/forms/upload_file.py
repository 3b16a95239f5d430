"""The Upload File box's form."""

from http import HTTPStatus

from django import forms

from tidegate.accounts.models import Focus, Person
from tidegate.accounts.rate_limit import RateLimited
from tidegate.core.errors import Refusal
from tidegate.file_types import find_all
from tidegate.uploads.lifecycle.receive import SendOptions, receive

LOAD, CHECK_ONLY = "load", "check_only"


def list_file_types() -> list[tuple[str, str]]:
    """Return the entries of the File Type drop-down. Called for every form: a new file type needs no change here."""
    return [("", "Choose a file type"), *((slug, file_type.name) for slug, file_type in find_all().items())]


class UploadFileForm(forms.Form):
    """Which file of which type, and whether it is to be loaded."""

    refusal: Refusal | None = None  # why it was declined

    file_type = forms.ChoiceField(
        label="File Type",
        choices=list_file_types,
        error_messages={
            "required": "Choose the file type",
            "invalid_choice": "Choose a file type from the list",
        },
    )
    check_only = forms.ChoiceField(
        label="What to do with it",
        choices=[(LOAD, "Load the rows that have no error"), (CHECK_ONLY, "Check only: nothing is loaded")],
        widget=forms.RadioSelect,
        initial=LOAD,
    )
    complete = forms.BooleanField(
        label="This file has everything we have at the schools that it names",
        help_text="We then list the lines on file that it leaves out, so that you can withdraw them.",
        required=False,
    )
    file = forms.FileField(
        label="File",
        help_text="A CSV or TXT file, not an Excel workbook.",
        allow_empty_file=True,  # an empty file gets its own sentence, and is kept and shown like any other
        error_messages={"required": "Choose the file that you want to send"},
    )

    def send(self, focus: Focus, *, by: Person) -> bool:
        """Have the file received; False, with the sentence on the form, where it is declined."""
        file = self.cleaned_data["file"]
        try:
            receive(
                file=file,
                file_name=file.name,
                file_type=self.cleaned_data["file_type"],
                school_year=focus.school_year,
                organization=focus.organization,
                by=by,
                check_only=self.cleaned_data["check_only"] == CHECK_ONLY,
                options=SendOptions(complete=self.cleaned_data["complete"]),
            )
        except Refusal as refusal:
            self.refusal = refusal
            self.add_error(None, ". ".join(filter(None, (refusal.message, refusal.fix))))
            return False
        return True

    @property
    def http_status(self) -> int:
        """How the form is answered: as new, or with what keeps the file from being sent."""
        if isinstance(self.refusal, RateLimited):
            return self.refusal.http_status
        return HTTPStatus.UNPROCESSABLE_ENTITY if self.is_bound else HTTPStatus.OK
