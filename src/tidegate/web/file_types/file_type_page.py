"""What the page of a file type shows, drawn from its layout and its rules."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from markdown_it import MarkdownIt

from tidegate.core.layouts.column_types import Choice
from tidegate.core.layouts.layout import CedsElement, Column
from tidegate.core.layouts.requirements import ceds_options, example_in, form_of
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.layouts.state_package import present_state
from tidegate.file_types import FileType, find
from tidegate.reference.models import Code


@dataclass(frozen=True)
class LayoutLine:
    """One line of the requirements; each choice has its code, its meaning and the option of CEDS, blank where there is
    none."""

    name: str
    required: bool
    form: str
    description: str
    example: str
    choices: Sequence[tuple[str, str, str]]
    ceds: CedsElement | None


@dataclass(frozen=True)
class CodeList:
    """A code list that the file type's columns refer to, as it is valid in a school year."""

    name: str
    title: str
    codes: Sequence[Code]


def list_columns(file_type: FileType, school_year: SchoolYear) -> list[LayoutLine]:
    """Return the columns of that school year, in order."""
    return [_column_line(column, school_year) for column in file_type.layout.columns_in(school_year)]


def _column_line(column: Column, school_year: SchoolYear) -> LayoutLine:
    options = ceds_options(column)
    of = column.type.choices if isinstance(column.type, Choice) else {}
    return LayoutLine(
        name=column.name,
        required=column.required,
        form=form_of(column),
        description=column.description,
        example=example_in(column, school_year),
        choices=[(code, meaning, options.get(code, "")) for code, meaning in of.items()],
        ceds=column.ceds,
    )


def title_of(list_name: str) -> str:
    """Return the code list's name as people read it, `Race codes`: the state's own words, where it has some."""
    described = present_state().code_lists.get(list_name)
    first, *rest = (described.nouns[1] if described else list_name.replace("_", " ")).split(" ")
    # A short word of a list that the state's package does not describe is taken for an abbreviation.
    is_short = described is None and len(first) <= 3
    return " ".join([first.upper() if is_short else capfirst(first), *rest])


@cache
def render_guide(file_type_slug: str) -> SafeString:
    """Return the file type's guide as HTML, its headings one level down, since the page has its own.

    HTML inside the Markdown is shown as text, so that the result is safe.
    """
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = markdown.parse(find(file_type_slug).guide)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1]) + 1, 6)}"
    html: str = markdown.renderer.render(tokens, markdown.options, {})
    return mark_safe(html)  # noqa: S308 - the renderer escapes


def list_code_lists(file_type: FileType, school_year: SchoolYear) -> list[CodeList]:
    """Return the code lists with the codes that are valid in that school year."""
    return [
        CodeList(name, title_of(name), list(Code.objects.filter(list_name=name).valid_in(school_year)))
        for name in file_type.layout.code_lists()
    ]
