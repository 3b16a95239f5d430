"""The addresses of the outputs of an upload, and which of them its page offers to a person."""

from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from django.urls import reverse

from tidegate.accounts.models import Person
from tidegate.accounts.permissions import can_have_output
from tidegate.core.outputs.catalogue import downloads
from tidegate.core.outputs.output import Access, Form, Output
from tidegate.uploads.models import Upload
from tidegate.uploads.queries.upload_source import UploadSource


class Link(NamedTuple):
    """A link to a form of an output, as the page shows it."""

    title: str
    address: str
    is_main: bool


def address_name(output: Output, form: Form) -> str:
    """Return the name of the address at which the output can be had in this form."""
    return f"{output.python_name}_{form.suffix}" if _has_several_forms(output) else output.python_name


def address_end(output: Output, form: Form) -> str:
    """Return what this address adds to the one of the upload."""
    return f"{output.slug}.{form.suffix}" if _has_several_forms(output) else f"{output.slug}/"


def outputs_of(upload: Upload, *, by: Person) -> list[Output]:
    """Return the outputs that the upload has and the person may download."""
    source = UploadSource(upload)

    @cache  # each answer asks the database for the person's roles
    def may_have(access: Access) -> bool:
        return can_have_output(by, access, upload.organization)

    there = (output for output in downloads() if output.when(source) is None)
    return [output for output in there if may_have(output.permission)]


def buttons(outputs: Iterable[Output], upload: Upload) -> list[Link]:
    """Return the buttons of the upload's page: each form of the outputs that have one."""
    return [
        Link(
            f"{output.title} as {form.title}" if _has_several_forms(output) else output.title,
            reverse(address_name(output, form), args=[upload.pk]),
            output.is_main_button,
        )
        for output in outputs
        if output.has_button
        for form in output.forms
    ]


def _has_several_forms(output: Output) -> bool:
    return len(output.forms) > 1
