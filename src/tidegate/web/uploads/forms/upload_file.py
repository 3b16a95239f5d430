"""The Upload File box's form."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django import forms
from django.conf import settings
from django.http import QueryDict

from tidegate.accounts.models import Person
from tidegate.accounts.rate_limit import RateLimited
from tidegate.core.errors import Refusal
from tidegate.file_types import find_all
from tidegate.reference.models import Organization, SchoolYear
from tidegate.uploads.lifecycle.receiving.receive import SendOptions, receive
from tidegate.uploads.models import Upload
from tidegate.uploads.storage.upload_handler import BYTES_PER_MB
from tidegate.web.pages import clean_text

LOAD, CHECK_ONLY = "load", "check_only"


def list_file_types() -> list[tuple[str, str]]:
    """Return the entries of the File Type drop-down. Called for every form: a new file type needs no change here."""
    return [("", "Choose a file type"), *((slug, file_type.name) for slug, file_type in find_all().items())]


@dataclass(frozen=True)
class SendFor:
    """For whom and for which year a file is sent; `follows` is the upload whose errors it corrects."""

    organization: Organization | None
    school_year: SchoolYear
    follows: Upload | None = None


def choices_in(sent: QueryDict) -> dict[str, str]:
    """Return what was chosen in the form, without the file."""
    names = ("follows", "file_type", "check_only", "complete", "let_wait")
    return {name: clean_text(str(sent[name])) for name in names if sent.get(name)}


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
        error_messages={
            "required": "Choose whether the file is loaded or only checked",
            "invalid_choice": "Choose whether the file is loaded or only checked",
        },
    )
    complete = forms.BooleanField(
        label="This file has everything we have at the schools that it names",
        help_text="We then list the lines on file that it leaves out, so that you can withdraw them.",
        required=False,
    )
    let_wait = forms.BooleanField(label="", required=False)
    file = forms.FileField(
        label="File",
        help_text="A CSV or TXT file, not an Excel workbook.",
        allow_empty_file=True,  # an empty file gets its own sentence, and is kept and shown like any other
        error_messages={"required": "Choose the file that you want to send"},
    )

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        target: SendFor,
        by: Person,
        chosen: dict[str, str] | None = None,
    ) -> None:
        self._target, self._by = target, by
        super().__init__(data, files, initial=self._first_choices() | (chosen or {}))
        self.fields["file_type"].disabled = target.follows is not None
        self._offer_waiting()
        limit = settings.TIDEGATE_MAX_UPLOAD_MB
        self.fields["file"].help_text += f" At most {limit:,} MB."
        self.fields["file"].widget.attrs["data-max-bytes"] = limit * BYTES_PER_MB

    def _offer_waiting(self) -> None:
        """Offer that rows wait, where a file of a type that can be chosen has such rows."""
        follows, days = self._target.follows, settings.TIDEGATE_WAIT_DAYS
        types = [follows.type] if follows else list(find_all().values())
        layouts = [file_type.layout for file_type in types if file_type.layout.may_wait]
        waiting = [layout.name for layout in layouts]
        if not (waiting and days):
            del self.fields["let_wait"]
            return
        field, first = self.fields["let_wait"], ", ".join(waiting[:-1])
        names = f"{first} and {waiting[-1]}" if first else waiting[-1]
        lacking = " or ".join(dict.fromkeys(layout.waits_for_one for layout in layouts))
        field.label = f"{names} rows that only lack {lacking} wait for it"
        field.help_text = f"They load by themselves if it arrives within {days} day{'' if days == 1 else 's'}."

    def _first_choices(self) -> dict[str, Any]:
        """Return what is chosen as long as the person chooses nothing else: as in the upload that is corrected, or the
        file type that the person sent last."""
        follows = self._target.follows
        if follows is None:
            of_person = Upload.objects.filter(sent_by=self._by).exclude(sha256="").order_by("-sent_at")
            return {"file_type": of_person.values_list("file_type", flat=True).first()}
        how = CHECK_ONLY if follows.check_only else LOAD
        said = {"complete": follows.complete, "let_wait": follows.let_wait}
        return {"file_type": follows.file_type, "check_only": how} | said

    def send(self) -> Upload | None:
        """Have the file received and return its upload; None, with the sentence on the form, where it is declined."""
        file, follows = self.cleaned_data["file"], self._target.follows
        try:
            return receive(
                file=file,
                file_name=file.name,
                file_type=self.cleaned_data["file_type"],
                school_year=self._target.school_year,
                organization=self._target.organization,
                by=self._by,
                check_only=self.cleaned_data["check_only"] == CHECK_ONLY,
                options=SendOptions(
                    complete=self.cleaned_data["complete"],
                    follows_id=follows.pk if follows else None,
                    let_wait=self.cleaned_data.get("let_wait", False),
                ),
            )
        except Refusal as refusal:
            self.refusal = refusal
            self.add_error(None, refusal.in_full)
            return None

    @property
    def http_status(self) -> int:
        """How the form is answered: as new, or with what keeps the file from being sent."""
        if isinstance(self.refusal, RateLimited):
            return self.refusal.http_status
        return HTTPStatus.UNPROCESSABLE_ENTITY if self.is_bound else HTTPStatus.OK
