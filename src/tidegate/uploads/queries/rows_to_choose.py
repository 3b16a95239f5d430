"""Which rows of an upload wait for a choice what becomes of lines on file."""

from typing import NamedTuple

from tidegate.core.errors import Refusal
from tidegate.core.rules.lines.line_count import LineCountRule
from tidegate.core.rules.lines.organization_line import OrganizationLineRule
from tidegate.uploads.models import Upload


class ChoiceCodes(NamedTuple):
    """The codes of the rules whose rows wait: the file has fewer lines of a group than are on file, or a line may be
    one that another organization has sent. That one is never withdrawn here, so that the row can only be kept."""

    fewer_lines: str
    of_others: str


def choice_codes(upload: Upload) -> ChoiceCodes:
    """Return the codes of the rules whose rows wait for a choice, in the file type of an upload."""
    area = upload.type.layout.area
    return ChoiceCodes(f"{area}{LineCountRule.number}", f"{area}{OrganizationLineRule.number}")


def codes_that_wait(upload: Upload) -> list[str]:
    """Return those of the codes that rows of the upload have."""
    found = {each.code for each in upload.finding_counts.all()}
    return [code for code in choice_codes(upload) if code in found]


def code_by_row(upload: Upload) -> dict[int, str]:
    """Return for each row that waits for a choice the code of its rule."""
    found = upload.findings.filter(code__in=choice_codes(upload), severity="error")
    return {row: code for row, code in found.values_list("row", "code") if row is not None}


def rows_of_code(upload: Upload, code: str) -> list[int] | None:
    """Return the rows that wait by one rule; None where every row that waits does. Raises a Refusal where rows never
    wait by it, as of a page that was open while the program was renewed."""
    if code not in choice_codes(upload):
        raise Refusal(
            "It is not said which rows the choice is for", fix="Open the page of the upload again, and choose there"
        )
    if codes_that_wait(upload) in ([code], []):
        return None
    return sorted(row for row, of in code_by_row(upload).items() if of == code)
