"""The result of a check in words: what to fix, in the order in which to fix it."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

from tidegate.core.outputs.first_findings import MAX_CAUSES_PRINTED
from tidegate.core.outputs.output import TEXT, Form, Output, Print

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tidegate.core.outputs.first_findings import FirstFinding
    from tidegate.core.outputs.source import Source
    from tidegate.core.rules.cause import Cause
    from tidegate.core.rules.rule import Rule

_MAX_FINDINGS_SHOWN = 5


class Terminal(Output):
    """The counts, then the first 100 causes, each with its rows, its first findings and its fix, for a terminal."""

    name = "result in words"
    forms = (TEXT,)
    order = 1
    is_download = False
    printed = Print("text", "words")

    def chunks(self, source: Source, form: Form) -> Iterator[bytes]:
        """Yield the lines."""
        lines = terminal_text(source.causes(), source.first_findings(), source.rules)
        return (line.encode() for line in (counts_in_words(source), *_changes(source), *lines))


def counts_in_words(source: Source) -> str:
    """Return the line with the counts."""
    if source.is_refused:
        return "The file could not be read; no row was checked.\n"
    counts = source.counts
    counted = f"Row Count {counts['row_count']:,}   Success Count {counts['success_count']:,}"
    return f"{counted}   Error {counts['error_count']:,}\n"


def _changes(source: Source) -> Iterator[str]:
    from tidegate.core.outputs.changes import changes_in_words

    if (changes := source.changes) is not None:
        sentences = changes_in_words(
            changes,
            missing_count=source.left_out["missing_count"],
            is_check_only=source.is_check_only,
            is_complete=source.is_complete,
        )
        yield from (f"{sentence}\n" for sentence in sentences)


def terminal_text(
    causes: Sequence[Cause], first: Sequence[Sequence[FirstFinding]], rules: Mapping[str, type[Rule]]
) -> Iterator[str]:
    """Yield lines for a person: each cause with its rows, its first findings and its fix; notices come last. Of many
    causes the first are told.

    Args:
        causes: The causes, in the order in which they are to be fixed.
        first: The first findings of each that is printed.
        rules: All rules by code, which say how to fix a cause.
    """
    has_notices = False
    for number, (cause, findings) in enumerate(zip_longest(causes, first, fillvalue=()), 1):
        assert not isinstance(cause, tuple)
        if cause.is_notice:
            yield "" if has_notices else "\nNotices: nothing to do.\n"
            has_notices = True
            yield f"  {cause.text} ({cause.code})\n"
        elif number <= MAX_CAUSES_PRINTED:
            yield from _lines_of(number, cause, findings, rules)
        elif number == MAX_CAUSES_PRINTED + 1:
            more = sum(not cause.is_notice for cause in causes) - MAX_CAUSES_PRINTED
            yield f"\nAnd {more:,} more cause{'' if more == 1 else 's'}: --report report.html writes a page with all.\n"


def _lines_of(
    number: int, cause: Cause, findings: Sequence[FirstFinding], rules: Mapping[str, type[Rule]]
) -> Iterator[str]:
    """Yield the lines about one cause.

    Args:
        number: Its number in the list.
        cause: The cause.
        findings: Its first findings.
        rules: All rules by code, which say how to fix it.
    """
    from tidegate.core.rules.cause import affected_in_words, how_to_fix, rows_in_words, who_can_act
    from tidegate.core.suggestions.suggestion import suggestions_in_words as as_question

    severity = "" if cause.severity == "error" else f"{cause.severity}, "
    yield f"\n{number}. {cause.text} ({severity}{cause.code})\n"
    if cause.row_count:
        yield f"   {affected_in_words(cause)}: {rows_in_words(cause.rows, cause.row_count)}\n"
    by_message = {finding["message"]: finding for finding in reversed(findings)}
    shown = [
        each
        for each in reversed(by_message.values())
        if each["message"] != cause.text or each["suggestions"] or each.get("known")
    ]
    for finding in shown[:_MAX_FINDINGS_SHOWN]:
        yield f"   row {finding['row']}: {finding['message']}\n"
        suggested = as_question(finding["suggestions"], said=finding["message"])
        yield from (f"     {said}\n" for said in (finding.get("known"), suggested) if said)
    yield f"   How to fix it: {how_to_fix(cause, rules)}\n"
    yield f"   Who can act: {who_can_act(cause, rules)}\n"
