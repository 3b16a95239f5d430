"""Corrections by hand: a program adds, corrects or withdraws one line on file."""

from django.http import HttpRequest, HttpResponse
from ninja import Router, Status

from tidegate.accounts.models import Scope
from tidegate.accounts.reach import find_organization, no_such
from tidegate.api.authenticate import check_reach, check_scope
from tidegate.api.find_upload import PROBLEMS
from tidegate.api.idempotency import digests_of, run_once
from tidegate.api.schemas.uploads import CorrectionIn, IdempotencyKey, Problem, UploadOut
from tidegate.core.errors import Refusal
from tidegate.records.models import StoredLine
from tidegate.records.stored_lines import StoredLines, stored_lines
from tidegate.reference.find_school_year import find_school_year
from tidegate.reference.models import Organization, SchoolYear
from tidegate.uploads.lifecycle.corrections.by_hand import find_line, send_correction
from tidegate.uploads.lifecycle.corrections.correction import Correction, texts_of
from tidegate.uploads.models import Upload

router = Router(tags=["corrections"])


@router.post("/corrections", response={202: UploadOut, 408: Problem, **PROBLEMS}, summary="Correct a line by hand")
def make_correction(
    request: HttpRequest,
    response: HttpResponse,
    correction: CorrectionIn,
    idempotency_key: IdempotencyKey = "",
) -> Status[UploadOut]:
    """Add, correct or withdraw one line on file, with a reason, and queue it as an upload of its own: the same rules
    check it, and it can be undone. 404 where the line is another organization's, 409 where it was changed since."""
    token = request.auth  # type: ignore[attr-defined]
    check_scope(token, Scope.SEND)
    organization = find_organization(token.person, correction.organization)
    check_reach(token, organization)

    def take() -> Upload:
        asked = _asked(correction, organization, find_school_year(correction.school_year))
        return send_correction(asked, by=token.person, reason=correction.reason)

    if idempotency_key:
        upload = run_once(take, by=token.person, key=idempotency_key, digests=digests_of(correction))
    else:
        upload = take()
    response["Location"] = f"/api/v1/uploads/{upload.pk}"
    return Status(202, UploadOut.of(upload))


def _asked(correction: CorrectionIn, organization: Organization, school_year: SchoolYear) -> Correction:
    lines = next((each for each in stored_lines() if each.file_type.slug == correction.file_type), None)
    if lines is None:
        raise no_such("file type with lines on file")
    line = _line_of(correction, lines, organization, school_year)
    if correction.act == "withdraw":
        return Correction(lines, organization, school_year, line, None)
    titles = [column.name for column in lines.layout.columns_in(school_year.period)]
    if not correction.values.keys() <= set(titles):
        raise Refusal(
            "A value is for a column that the file type does not have in this school year",
            fix=f"The columns are {', '.join(titles)}",
            code="NO_COLUMN",
        )
    before = texts_of(lines, [line.pk], school_year)[0] if line else dict.fromkeys(titles, "")
    return Correction(lines, organization, school_year, line, before | correction.values)


def _line_of(
    correction: CorrectionIn, lines: StoredLines, organization: Organization, school_year: SchoolYear
) -> StoredLine | None:
    if correction.act == "add":
        if correction.line is not None:
            raise Refusal(
                "A new line has no ID yet", fix="Leave out line, or correct the line with that ID", code="HAS_LINE"
            )
        return None
    if correction.line is None:
        raise Refusal("The ID of the line is missing", fix="Add line with its ID", code="NO_LINE")
    return find_line(lines, correction.line, organization=organization, school_year=school_year)
