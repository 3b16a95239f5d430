"""The list of an upload's causes, written at once: a hundred of them take a template half of the page's time."""

from collections.abc import Iterable, Iterator
from html import escape

from django.utils.safestring import SafeString, mark_safe

from tidegate.core.suggestions.suggestion import suggestions_in_words
from tidegate.web.line_breaks import with_breaks
from tidegate.web.uploads.finding_rows import as_sentence, findings_table
from tidegate.web.uploads.upload_causes import ShownCause


def cause_items(causes: Iterable[ShownCause], *, is_first_open: bool) -> SafeString:
    """Return the items of the list; the rows of the first cause are shown at once where `is_first_open`."""
    listed = list(causes)
    items = (
        _item(shown, is_open=is_first_open and before is None, says_fix=not _is_same_fix(before, shown))
        for before, shown in zip([None, *listed], listed, strict=False)
    )
    return mark_safe("\n".join(items))  # noqa: S308 - what they say is escaped


def _is_same_fix(before: ShownCause | None, shown: ShownCause) -> bool:
    """Whether a cause about the file is put right as the one before it: ten columns that are not known."""
    return bool(
        before
        and not shown.cause.row_count
        and (before.cause.code, before.how_to_fix) == (shown.cause.code, shown.how_to_fix)
    )


def _item(shown: ShownCause, *, is_open: bool, says_fix: bool) -> str:
    cause = shown.cause
    inside = _about_rows(shown, is_open=is_open) if cause.row_count else _about_file(shown, says_fix=says_fix)
    rule = f'<a class="tag" href="{escape(shown.rule_address)}">{escape(cause.code)}</a>'
    return (
        f'<li class="card cause {shown.mood}" id="cause-{shown.number}">\n<h3>{with_breaks(cause.text)} {rule}</h3>\n'
        f"{''.join(_affected(shown))}{''.join(inside)}</li>"
    )


def _affected(shown: ShownCause) -> Iterator[str]:
    affected = shown.affected
    if not (affected or shown.who_can_act):
        return
    yield '<p class="affected">\n'
    if shown.cause.severity == "warning":
        yield '<span class="state care">Warning</span>\n'
    if affected:
        yield f'<a href="{escape(shown.address)}">{escape(affected)}</a>'
        yield f'<span class="soft">: {escape(shown.rows)}</span>\n'
    if shown.who_can_act:
        yield f'<span class="who">Who can act: {escape(shown.who_can_act)}</span>\n'
    yield "</p>\n"


def _about_rows(shown: ShownCause, *, is_open: bool) -> Iterator[str]:
    if not shown.cause.is_notice:
        codes = f' <a href="{escape(shown.codes_address)}">The list of codes (CSV)</a>' if shown.codes_address else ""
        yield _fix(f"{escape(shown.how_to_fix)}{codes}")
    if shown.findings:
        title = "The first rows" if shown.has_more_rows else "The rows"
        table = findings_table(shown.findings, title=f"Rows: {shown.cause.text}")
        yield f"<details{' open' if is_open else ''}>\n<summary>{title}</summary>\n{table}</details>\n"


def _about_file(shown: ShownCause, *, says_fix: bool) -> Iterator[str]:
    """Yield what a cause about the file says beside its heading."""
    if says_fix and shown.how_to_fix and not shown.cause.is_notice:
        yield _fix(escape(shown.how_to_fix))
    for finding in shown.findings:
        message = finding["message"] if finding["message"] != shown.cause.text else ""
        suggested = suggestions_in_words(finding["suggestions"], said=finding["message"])
        *before, last = [text for text in (message, finding.get("known", ""), suggested) if text] or [""]
        said = [escape(as_sentence(text)) for text in before]
        said.append(f"<strong>Suggestion:</strong> {escape(last)}" if suggested else escape(last))
        yield f'<p class="fix">{" ".join(said)}</p>\n'


def _fix(html: str) -> str:
    return f'<p class="fix"><strong>How to fix it:</strong> {html}</p>\n'
