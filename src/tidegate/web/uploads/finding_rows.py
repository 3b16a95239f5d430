"""Tables of findings, written at once: templates take five times as long."""

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any, Protocol
from uuid import UUID

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator

from tidegate.core.suggestions.suggestion import suggestions_in_words

_MAX_VALUE = 80
_BLANK = '<span class="soft">blank</span>'


class _Named(Protocol):
    """A student whom `with_names` has given the columns of their current version."""

    public_id: UUID
    first_name: str
    last_name: str
    suffix: str


def findings_table(findings: Iterable[Mapping[str, Any]], *, title: str, student: str = "Student") -> SafeString:
    """Return a table of findings, each with its `student` where the person may see that one.

    Args:
        findings: The findings.
        title: What the table is called where it is not seen.
        student: The heading of the column of students.
    """
    named, rows = f'aria-label="{escape(title)}"', "\n".join(map(_row, findings))
    return mark_safe(  # noqa: S308 - what it says is escaped
        f'<div class="scroll" tabindex="0" role="region" {named}>\n<table {named}>\n<thead>\n<tr>\n'
        '<th scope="col" class="number">Row Number</th>\n'
        f'<th scope="col">{escape(student)}</th>\n'
        '<th scope="col">Column</th>\n<th scope="col">Value</th>\n<th scope="col">Message</th>\n'
        f"</tr>\n</thead>\n<tbody>\n{rows}\n</tbody>\n</table>\n</div>\n"
    )


def as_sentence(text: str) -> str:
    """Return a message, which ends without a full stop, as it is where another one follows."""
    return text if text.endswith((".", "?", "!", ":")) else f"{text}."


def _row(finding: Mapping[str, Any]) -> str:
    row = finding["row"]
    header = "<td></td>" if row is None else f'<th scope="row" class="number">{row}</th>'
    message = finding.get("message", "")
    suggested = suggestions_in_words(finding.get("suggestions", ""), said=message)
    return (
        f'<tr>{header}<td class="nowrap">{_student(finding["student_number"], finding.get("student"))}</td>'
        f"<td>{escape(finding.get('column', ''))}</td><td>{_value(finding.get('value', ''))}</td>"
        f'<td class="wide-text">{_said(message, finding.get("known", ""), suggested)}</td></tr>'
    )


def _student(number: str, student: _Named | None) -> str:
    shown = f'<span class="code">{escape(number)}</span>'
    if student is None:
        return shown
    name = " ".join(filter(None, (student.first_name, student.last_name, student.suffix)))
    return f'<a href="{reverse("student", args=[student.public_id])}">{escape(name)} {shown}</a>'


def _value(value: str) -> str:
    if not value:
        return _BLANK
    short = value if len(value) <= _MAX_VALUE else Truncator(value).chars(_MAX_VALUE)
    return f'<span class="value">{escape(short)}</span>'


def _said(message: str, *beside: str) -> str:
    """Return a message with what is said beside it, each a paragraph, so that a screen reader stops between them."""
    more = "".join(f'<p class="suggested">{escape(text)}</p>' for text in beside if text)
    return f"<p>{escape(as_sentence(message))}</p>{more}" if more else escape(message)
