"""What the templates can say in one word: an icon, a link of the tree, whether this is a demo."""

from collections.abc import Iterable
from functools import cache
from typing import Any
from urllib.parse import quote, urlencode

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst

from tidegate.accountability.models import Publication
from tidegate.accountability.publication.describe_hidden import describe_hidden as publication_hides
from tidegate.accounts.focus import why_no_focus
from tidegate.accounts.models import Focus
from tidegate.accounts.permissions import can_view_audit
from tidegate.accounts.reach import has_permission
from tidegate.accounts.roles import Permission
from tidegate.audit.models import Event
from tidegate.core.layouts.state_package import present_state
from tidegate.core.outputs.first_findings import SHOWN
from tidegate.file_types import find_all
from tidegate.inbox.messages import unread_count
from tidegate.records.models import Enrollment, Student
from tidegate.records.stored_lines import stored_lines
from tidegate.reference.models import Organization, OrganizationKind, SchoolYear
from tidegate.reference.show_students import ShowStudents
from tidegate.uploads.models import Finding
from tidegate.web.administration.desk import DeskSection, sections_for
from tidegate.web.administration.forms.events import in_words as in_words_of_act
from tidegate.web.file_types.file_type_page import title_of
from tidegate.web.line_breaks import with_breaks, with_breaks_in_title
from tidegate.web.uploads.cause_items import cause_items
from tidegate.web.uploads.finding_rows import findings_table
from tidegate.web.uploads.upload_causes import ShownCause
from tidegate.windows.collection import Windows
from tidegate.windows.describe_window import describe_window

register = template.Library()
# What an event can be about and has a page of that name.
_PAGES = ("upload", "student")


@register.simple_tag
@cache
def icon(name: str) -> SafeString:
    """Return an icon that says nothing to a screen reader: the words next to it do."""
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>', static("tidegate/icons.svg"), name
    )


@register.simple_tag
def is_demo() -> bool:
    """Whether this installation holds invented data, which every page says."""
    return bool(getattr(settings, "TIDEGATE_DEMO", False))


@register.simple_tag
def state_in_short() -> str:
    """Return the state's short name."""
    return present_state().short_name


@register.simple_tag
def word(name: str) -> str:
    """Return what the state calls a thing, such as a district, at the beginning of a line."""
    return capfirst(present_state().word(name))


@register.filter
def without_marks(markdown: str) -> str:
    """Return a sentence of the documentation without the marks of code in it."""
    return markdown.replace("`", "")


@register.filter
def kind_of_organization(kind: str) -> str:
    """Return what the state calls a kind of organization."""
    return OrganizationKind(kind).in_words


@register.simple_tag
def lower_word(name: str) -> str:
    """Return what the state calls a thing, such as a district, within a sentence."""
    return present_state().word(name)


_SHOWN = {
    ShowStudents.ALL: "Active and inactive students",
    ShowStudents.ACTIVE: "Active students",
    ShowStudents.INACTIVE: "Inactive students",
}


@register.simple_tag
def shown_students(focus: Focus) -> str:
    """Return which students the focus shows."""
    return _SHOWN[ShowStudents(focus.show_students or ShowStudents.ALL)]


@register.simple_tag
def enrollment_file() -> str:
    """Return the name of the file type that brings enrollments; blank where the state imports them."""
    return next((lines.file_type.name for lines in stored_lines() if lines.model is Enrollment), "")


@register.simple_tag
def first_file() -> str:
    """Return which file the state wants first, as a sentence; blank where the order is free."""
    return present_state().first_file


@register.inclusion_tag("web/parts/no_focus.html", takes_context=True)
def no_focus(context: dict[str, Any]) -> dict[str, Any]:
    """Return the message for a person who has nothing to work in yet; without a role they may ask for one."""
    person = context["request"].user
    return {"refusal": why_no_focus(person), "may_ask": not person.memberships.all()}


@register.simple_tag(takes_context=True, name="sorted")
def sort_direction(context: dict[str, Any], column: str) -> SafeString:
    """Return the attribute of a column's header that says that the table is sorted by it."""
    direction = context["form"].sorted_by.get(column)
    return format_html(' aria-sort="{}"', direction) if direction else mark_safe("")


@register.inclusion_tag("web/parts/when_to_send.html")
def when_to_send(school_year: SchoolYear, organization: Organization | None, file_type: str = "") -> dict[str, Any]:
    """Return when files of a type can be sent, or of each type, as a sentence; nothing where they always can."""
    windows = Windows.of(school_year, organization)
    found = [windows.find(file_type, organization)] if file_type else windows.all_types(organization)
    lines = [(each, describe_window(each)) for each in found]
    is_one = bool(file_type or school_year.closed_at)  # a closed year says the same of all
    return {"lines": [line for line in lines if line[1]], "is_one": is_one}


@register.filter
def list_title(list_name: str) -> str:
    """Return a code list's name as people read it."""
    return title_of(list_name)


@register.simple_tag
def table_of_findings(findings: Iterable[Any], title: str, student: str = "Student") -> SafeString:
    """Return a table of findings, given as mappings or as they are stored."""
    shown = ({name: getattr(each, name) for name in SHOWN} if isinstance(each, Finding) else each for each in findings)
    return findings_table(shown, title=f"Rows: {title}", student=student)


@register.simple_tag
def list_of_causes(causes: Iterable[ShownCause], is_first_open: bool = False) -> SafeString:
    """Return the items of a list of causes."""
    return cause_items(causes, is_first_open=is_first_open)


@register.filter
def is_under(path: str, url_name: str) -> bool:
    """Whether the page at `path` belongs to the branch of the tree that begins at the page `url_name`."""
    return path.startswith(reverse(url_name))


@register.inclusion_tag("web/parts/tree_link.html", takes_context=True)
def tree_link(
    context: dict[str, Any], url_name: str, label: str, icon_name: str = "", query: str = ""
) -> dict[str, str]:
    """Return a link of the navigation tree, marked where it leads to this page or to the one that this is part of."""
    url, path = reverse(url_name), context["request"].path
    current = "page" if path == url else "true" if path.startswith(url) else ""
    return {"url": f"{url}{query}", "label": label, "icon_name": icon_name, "current": current}


@register.simple_tag(takes_context=True)
def public_address(context: dict[str, Any]) -> tuple[str, str] | None:
    """Return where a person goes from here who has not signed in, and what that is called: to the file types or the
    published counts, where everybody may read them, or from there to sign in."""
    request = context.get("request")  # the page of what is our fault is drawn without one
    if request is None:
        return None
    path = request.path
    opened = [
        (reverse(name), title)
        for name, title, is_open in (
            ("file_types", "File types", settings.TIDEGATE_PUBLIC_REQUIREMENTS),
            ("publications", "Published counts", settings.TIDEGATE_PUBLIC_COUNTS),
        )
        if is_open
    ]
    if any(path.startswith(address) for address, _ in opened):
        return f"{reverse('account_login')}?{urlencode({'next': path})}", "Sign in"
    return opened[0] if opened else None


@register.filter
def describe_hidden(publication: Publication) -> str:
    """Return how many numbers of a publication are hidden, in words."""
    return publication_hides(publication)


@register.filter
def rest_of_100(percent: int) -> int:
    """Return what is left of 100."""
    return 100 - percent


@register.simple_tag(takes_context=True)
def may_view_audit(context: dict[str, Any]) -> bool:
    """Whether the page leads this person to the audit log."""
    person = context["request"].user
    return bool(person.is_authenticated) and can_view_audit(person)


@register.simple_tag(takes_context=True)
def may_send(context: dict[str, Any]) -> bool:
    """Whether the person may send files for the focus, and so sees its lines on file."""
    request = context["request"]
    if not request.user.is_authenticated or request.focus is None:
        return False
    return has_permission(request.user, Permission.SEND_UPLOADS, request.focus.organization)


@register.simple_tag(takes_context=True)
def unread(context: dict[str, Any]) -> int:
    """Return how many messages the person has not read yet."""
    person = context["request"].user
    return unread_count(person) if person.is_authenticated else 0


@register.filter
def few(count: int) -> str:
    """Return a count for a small place, where more than 99 are just many."""
    return str(count) if count < 100 else "99+"


@register.simple_tag(takes_context=True)
def administration_sections(context: dict[str, Any]) -> list[DeskSection]:
    """Return the pages of the administration that this person has."""
    person = context["request"].user
    return sections_for(person) if person.is_authenticated else []


@register.filter
def is_one_of(path: str, sections: list[DeskSection]) -> bool:
    """Whether the page at `path` belongs to the administration: to its overview, or to one of its sections."""
    return any(path.startswith(reverse(name)) for name in ("administration", *(each.url_name for each in sections)))


@register.filter
def act_in_words(act: str) -> str:
    """Return an event's act as people read it."""
    return in_words_of_act(act)


@register.simple_tag
def about(event: Event) -> str | SafeString:
    """Return what an event is about, `upload 7`, with the way there where it has a page."""
    subject_kind, name = event.subject_kind, event.subject_id
    try:
        address = reverse(subject_kind, args=[name]) if subject_kind in _PAGES else ""
    except NoReverseMatch:
        address = ""
    if not address:
        return format_html('{} <span class="code small">{}</span>', subject_kind, name) if subject_kind else ""
    shown = name.partition("-")[0]  # of a student's ID the first part: the whole is in the address and in the CSV
    return format_html('{} <a class="code small" href="{}">{}</a>', subject_kind, address, shown)


@register.simple_tag(takes_context=True)
def next_page(context: dict[str, Any]) -> str:
    """Return the address of this page, to come back to after Change Focus."""
    request: HttpRequest = context["request"]
    if request.method != "GET" or request.path == reverse("change_focus"):
        return reverse("start")
    return quote(request.get_full_path(), safe="/")


@register.filter
def signed(number: int) -> str:
    """Return a difference as people write it: `+12`, `−3`, `0`."""
    return f"{number:+,}".replace("-", "−") if number else "0"


@register.filter
def count(number: int | None) -> str | SafeString:
    """Return a count as people write it: `1,412`; a dash as long as it is not known."""
    if number is None:
        return format_html(
            '<span class="soft"><span aria-hidden="true">–</span><span class="visually-hidden">{}</span></span>',
            "not known",
        )
    return f"{number:,}"


@register.filter
def file_type_name(slug: str) -> str:
    """Return the file type's entry in the drop-down; the slug, where an old upload's file type is gone."""
    file_type = find_all().get(slug)
    return file_type.name if file_type else slug


@register.filter
def full_name(student: Student) -> str:
    """Return the student's name as people say it; the number, where no name is known."""
    parts = (getattr(student, part) for part in ("first_name", "middle_name", "last_name", "suffix"))
    return " ".join(part for part in parts if part) or f"Student {student.number}"


@register.filter
def breakable(name: str) -> SafeString:
    """Return a file name that may break into lines where people would break it, before anywhere else."""
    return mark_safe(with_breaks(name))  # noqa: S308 - it is escaped


@register.filter
def breakable_title(title: str) -> SafeString:
    """Return the title of a column that may break between its words."""
    return mark_safe(with_breaks_in_title(title))  # noqa: S308 - it is escaped
