"""The report: one page that can be mailed, since nothing in it is about a student."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidegate.core.outputs.output import HTML, Form, Output

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tidegate.core.outputs.source import Source
    from tidegate.core.rules.cause import Cause
    from tidegate.core.rules.rule import Rule

_STYLE = """
:root { color-scheme: light dark; --ink: #1c2733; --soft: #52606d; --page: #fff; --line: #cbd2d9; --bad: #a61b1b;
  --care: #7a4d00; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e4e7eb; --soft: #a3b1bf; --page: #15202b; --line: #3e4c59; --bad: #ff9a9a; --care: #f0c36d; }
}
body { font: 1rem/1.5 system-ui, sans-serif; color: var(--ink); background: var(--page); margin: 0 auto;
  max-width: 50rem; padding: 1.5rem 1rem; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .25rem; }
h2 { font-size: 1.2rem; margin: 2rem 0 0; }
h3 { font-size: 1.05rem; margin: 0; }
p { margin: .35rem 0; }
ol { padding: 0; list-style: none; }
li { border-top: 1px solid var(--line); padding: .9rem 0; }
.soft { color: var(--soft); }
.error { color: var(--bad); }
.warning { color: var(--care); }
.lead { font-size: 1.15rem; font-weight: 600; margin-top: 1rem; }
@media print { body { max-width: none; } li { break-inside: avoid; } }
"""


class Report(Output):
    """A report of the causes as one HTML page that can be mailed: it has row numbers and counts, and nothing about a
    student. 409 where the upload has none, or not yet.
    """

    name = "report"
    forms = (HTML,)
    order = 22
    option_help = "Also write a report of the causes to this file, as one HTML page without student data"

    def chunks(self, source: Source, form: Form) -> Iterator[bytes]:
        """Yield the page."""
        return (piece.encode() for piece in report(source))


def report(source: Source) -> Iterator[str]:
    """Yield the page in pieces."""
    from html import escape  # its names of letters take 2 ms to load

    title = escape(f"{source.layout.title}: {source.file_name}")
    yield (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n"
    )
    yield f"<h1>{escape(source.file_name)}</h1>\n"
    yield f'<p class="soft">{escape(source.layout.title)}, {escape(source.school_year)}</p>\n'
    yield f'<p class="lead">{escape(_outcome(source))}</p>\n'
    causes = source.causes()
    yield from _list("What to fix, in this order", [cause for cause in causes if not cause.is_notice], source.rules)
    yield from _list("Notices: nothing to do", [cause for cause in causes if cause.is_notice], source.rules)
    yield "</main>\n</body>\n</html>\n"


def _outcome(source: Source) -> str:
    if source.is_refused:
        return "The file could not be read, and no row was checked."
    rows, good = source.counts["row_count"], source.counts["success_count"]
    subject = f"{good:,} of {rows:,} row{'' if rows == 1 else 's'}"
    if source.is_check_only:
        return f"{subject} would be loaded."
    return f"{subject} {'was' if 1 in (good, rows) else 'were'} loaded."


def _list(heading: str, causes: list[Cause], rules: Mapping[str, type[Rule]]) -> Iterator[str]:
    if not causes:
        return
    yield f"<h2>{heading}</h2>\n<ol>\n"
    for cause in causes:
        yield _item(cause, rules)
    yield "</ol>\n"


def _item(cause: Cause, rules: Mapping[str, type[Rule]]) -> str:
    from html import escape

    from tidegate.core.rules.cause import affected_in_words, how_to_fix, rows_in_words, who_can_act

    said = [f"<h3>{escape(cause.text)}</h3>"]
    severity = (
        f'<span class="{cause.severity}">{cause.severity.capitalize()}</span> <span class="soft">{cause.code}</span>'
    )
    said.append(f"<p>{severity}</p>")
    if cause.row_count:
        rows = escape(rows_in_words(cause.rows, cause.row_count, limit=100))
        said.append(f"<p><strong>{escape(affected_in_words(cause))}</strong>: {rows}</p>")
    if not cause.is_notice:
        said.append(f"<p><strong>How to fix it:</strong> {escape(how_to_fix(cause, rules))}</p>")
        said.append(f'<p class="soft">Who can act: {escape(who_can_act(cause, rules))}</p>')
    return "<li>" + "".join(said) + "</li>\n"
