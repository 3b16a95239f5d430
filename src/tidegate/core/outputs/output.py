"""An output: a document about a check, with all that its page, its API route and its option say."""

from __future__ import annotations

import inspect
from enum import StrEnum
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from tidegate.core.errors import BrokenOutput

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tidegate.core.errors import Refusal
    from tidegate.core.outputs.source import Source


class Form(NamedTuple):
    """A format in which an output can be had: the ending of the file's name, its media type, and
    its name on the page."""

    suffix: str
    media_type: str
    title: str


CSV = Form("csv", "text/csv; charset=utf-8", "CSV")
XLSX = Form("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "Excel (XLSX)")
NDJSON = Form("ndjson", "application/x-ndjson", "NDJSON")
JSON = Form("json", "application/json", "JSON")
HTML = Form("html", "text/html; charset=utf-8", "HTML")
TEXT = Form("txt", "text/plain; charset=utf-8", "Text")


class Access(StrEnum):
    """What a person must be allowed to do to have an output; each is a permission of the roles."""

    VIEW_UPLOADS = "view uploads"
    DOWNLOAD_FILES = "download files"


class Print(NamedTuple):
    """The value of `tidegate check --format` that prints the output, and what it prints."""

    format: str
    in_words: str


class Output:
    """Every output has these parts; a subclass that lacks one cannot be imported.

    It must have a docstring, whose first paragraph says what the output is (the API's description
    and the documentation show it), `name`, `forms`, of which the API gives the first, and `chunks`.
    The slug is the name of the module.

    `order` sorts outputs in lists and options. A download (`is_download`) has a page, an API route
    and, unless it `needs_upload`, an option of `tidegate check`, described by `option_help`. One
    with `printed` is a value of its `--format`. `saved_as` ends the file's name. One without a
    button (`has_button`) is linked in the text of the upload's page.
    """

    name: ClassVar[str]
    forms: ClassVar[tuple[Form, ...]]
    summary: ClassVar[str]
    slug: ClassVar[str]
    saved_as: ClassVar[str]
    option_help: ClassVar[str]
    order: ClassVar[int] = 100
    permission: ClassVar[Access] = Access.VIEW_UPLOADS
    is_download: ClassVar[bool] = True
    needs_upload: ClassVar[bool] = False
    printed: ClassVar[Print | None] = None
    has_button: ClassVar[bool] = True
    is_main_button: ClassVar[bool] = False

    def __init_subclass__(cls, **more: Any) -> None:
        super().__init_subclass__(**more)
        for part in ("name", "forms"):
            if not getattr(cls, part, None):
                raise BrokenOutput(f"Output {cls.__name__} lacks its {part}")
        if cls.chunks is Output.chunks:
            raise BrokenOutput(f"Output {cls.__name__} lacks its chunks")
        if len({form.suffix for form in cls.forms}) < len(cls.forms):
            raise BrokenOutput(f"Output {cls.__name__} has two forms with the same suffix")
        cls.summary = _read_docstring(cls)
        cls.slug = cls.__module__.rpartition(".")[2].replace("_", "-")
        for part, default in (("saved_as", cls.slug), ("option_help", cls._option_help())):
            if not hasattr(cls, part):
                setattr(cls, part, default)

    @property
    def python_name(self) -> str:
        """The slug as a name in Python, in names of addresses and in the audit log."""
        return self.slug.replace("-", "_")

    @property
    def title(self) -> str:
        """The name as it begins a line."""
        return self.name[:1].upper() + self.name[1:]

    @property
    def event(self) -> str:
        """The act under which the audit log keeps a download."""
        return f"upload.{self.python_name}_downloaded"

    def when(self, source: Source) -> Refusal | None:
        """Return why the output is not there, None if it is there. Neither the file nor its
        findings are read for it. By default an output is there when the Result Log is."""
        return source.why_no_log()

    def content(self, source: Source, form: Form | None = None) -> Iterator[bytes]:
        """Return the output in pieces, in its first form unless another is named. Raises the
        Refusal that says why the output is not there, before the first piece."""
        if refusal := self.when(source):
            raise refusal
        return self.chunks(source, form or self.forms[0])

    def chunks(self, source: Source, form: Form) -> Iterator[bytes]:
        """Yield the content in pieces, reading from the source as needed. Only called if `when`
        says that the output is there."""
        raise NotImplementedError

    def file_name(self, source: Source, form: Form) -> str:
        """Return the name under which a download is saved: the file's name and the output's."""
        return f"{PurePath(source.file_name).stem}-{self.saved_as}.{form.suffix}"

    def form_of(self, path: PurePath) -> Form:
        """Return the form with the path's ending; the first one if no form has it."""
        asked = path.suffix.lower().removeprefix(".")
        return next((form for form in self.forms if form.suffix == asked), self.forms[0])

    @classmethod
    def _option_help(cls) -> str:
        first, *others = cls.forms
        endings = "".join(f" as {form.suffix.upper()} where its name ends so," for form in others)
        more = f",{endings} else as {first.suffix.upper()}" if others else ""
        return f"Also write the {cls.name} to this file{more}"


def _read_docstring(output: type[Output]) -> str:
    paragraph = inspect.cleandoc(output.__doc__ or "").partition("\n\n")[0]
    summary = " ".join(paragraph.split())
    if not summary.startswith(("The ", "A ", "An ")) or not summary.endswith("."):
        raise BrokenOutput(f'Output {output.__name__}: the docstring says what it is, as "The rows that …"')
    return summary
