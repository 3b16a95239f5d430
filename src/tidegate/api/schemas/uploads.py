"""What the API says and takes, as the OpenAPI description shows it."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

from ninja import Header, Schema
from pydantic import Field, create_model

from tidegate.api.schemas.windows import ReceivedLateOut
from tidegate.core.layouts.identifiers import are_ids_numbers
from tidegate.core.layouts.state import MAX_ORGANIZATION_LENGTH
from tidegate.uploads.lifecycle.decisions.undo import Undone
from tidegate.uploads.lifecycle.worker.progress import progress_of
from tidegate.uploads.models import SavedMapping, State, Upload
from tidegate.uploads.queries.duplicate_files import sent_before
from tidegate.uploads.queries.waiting_rows import note_waits

# The description of the API says a number where the state's IDs are numbers.
if TYPE_CHECKING or not are_ids_numbers():
    OrganizationId = Annotated[str, Field(max_length=MAX_ORGANIZATION_LENGTH, pattern=r"^[^\x00-\x1f]+$")]
else:
    OrganizationId = int

IdempotencyKey = Annotated[str, Header(alias="Idempotency-Key", max_length=255, pattern=r"^[^\x00-\x1f]*$")]
YearName = Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{4}$", description="Both years, such as 2020-2021")]


class UploadIn(Schema):
    """What is said about a file. `organization` is an organization ID."""

    file_type: str
    school_year: YearName
    organization: OrganizationId
    check_only: bool = False
    missing: Literal["", "keep", "withdraw"] = Field(
        "",
        description="What becomes of lines on file that the file leaves out of a group: `keep` them and add the new "
        "ones, or `withdraw` them; without a choice the new ones wait",
    )
    complete: bool = Field(
        False,
        description="Whether the file is everything that the organization has at the schools that it names; with "
        "`missing=withdraw` what it leaves out is withdrawn",
    )
    mapping: str = Field(
        "",
        max_length=200_000,
        description="By what the columns and values of this file are matched, as JSON in the form of a saved mapping; "
        "left out, by the mapping that the organization has saved, and `{}` by none",
    )
    let_wait: bool = Field(
        False, description="Whether rows wait whose only error is a missing line of another file, such as an enrollment"
    )


class MappingIn(Schema):
    """What the columns and values of a file mean: `columns` has the column of the file type for a name in the header,
    `values` has for a column what its texts stand for, and `ignored` are names of columns that are left out."""

    columns: dict[str, str] = {}
    values: dict[str, dict[str, str]] = {}
    ignored: list[str] = []


class MappingOut(MappingIn):
    """A mapping that an organization has saved for a file type: every file that it sends is read by it."""

    file_type: str
    organization: OrganizationId
    saved_by: str
    saved_at: datetime

    @staticmethod
    def of_saved(saved: SavedMapping) -> "MappingOut":
        """Return a saved mapping as the API shows it."""
        return MappingOut(
            **saved.said,
            file_type=saved.file_type,
            organization=cast("OrganizationId", saved.organization.id_for_programs),
            saved_by=saved.saved_by.email,
            saved_at=saved.saved_at,
        )


class NothingIn(Schema):
    """For which school of the organization, or for itself, there is nothing to report."""

    file_type: str
    school_year: YearName
    organization: OrganizationId
    school: OrganizationId


class ChangesOut(Schema):
    """How many lines are new, changed, unchanged and withdrawn, or would be."""

    new: int
    changed: int
    unchanged: int
    withdrawn: int


class OnFileIn(Schema):
    """Which lines on file: those of an organization in a school year, now or at the end of the day `as_of`."""

    school_year: YearName
    organization: OrganizationId
    as_of: date | None = None


class LinesIn(OnFileIn):
    """Which lines on file, and in which form they are given."""

    format: Literal["csv", "parquet"] = "csv"


class ReconcileIn(OnFileIn):
    """Which lines on file a file is compared with, and in which form the differences are given."""

    format: Literal["json", "csv"] = "json"


class ProgressOut(Schema):
    """How far a worker is with an upload: the step, about how much of the time has gone by, and how many rows the file
    has, once it has been read."""

    step: str
    percent: int
    row_count: int | None


class SentBeforeOut(Schema):
    """An earlier upload of the same file, and in a sentence what became of it and whether anything is different now."""

    upload: int
    sent_at: datetime
    state: State
    sentence: str


class UploadOut(Schema):
    """An upload. Counts are null until it is finished; `row_count` is always `success_count` + `error_count`.
    `held_count` of `error_count` are held: the state decides about them, and their sender has nothing to fix.
    `waiting_count` of them wait now for a line of another file: then they are loaded as an upload of their own.
    `changes` says what it changes of the lines on file, or would, where that was planned; `missing_count` counts the
    lines on file that it leaves out and that stay, and `of_others_count` more of them that others have sent. A fix file
    is never `complete` once it is checked. `follows` is the upload that it was made from. With `plan_has_moved` nothing
    was loaded, since what is on file has changed since the check that was to be loaded. `changes_seen` are then the
    counts of that check; of an upload that is on hold again, those that were released. `progress` is null unless a
    worker has been at it for over a second; `sent_before` unless the same file was sent before for this file type, year
    and organization; `received_late` unless it was received after its window had closed, as the state allows."""

    id: int
    file_type: str
    file_name: str
    school_year: str
    organization: OrganizationId
    check_only: bool
    missing: str
    complete: bool
    mapping: MappingIn | None
    follows: int | None
    state: State
    sent_at: datetime
    finished_at: datetime | None
    byte_count: int
    sha256: str
    row_count: int | None
    success_count: int | None
    error_count: int | None
    held_count: int | None
    waiting_count: int | None
    warning_count: int | None
    notice_count: int | None
    changes: ChangesOut | None
    missing_count: int | None
    of_others_count: int | None
    plan_has_moved: bool
    changes_seen: ChangesOut | None
    incident_id: str | None
    progress: ProgressOut | None
    sent_before: SentBeforeOut | None
    received_late: ReceivedLateOut | None

    @staticmethod
    def of(upload: Upload) -> "UploadOut":
        """Return the upload as the API shows it."""
        progress, before = progress_of(upload), sent_before(upload)
        note_waits([upload])
        return UploadOut(
            **{name: getattr(upload, name) for name in UploadOut.model_fields if name not in _NAMED},
            school_year=upload.school_year.name,
            complete=upload.is_whole,
            follows=upload.follows_id,
            mapping=MappingIn(**upload.mapping) if upload.mapping else None,
            waiting_count=None if upload.error_count is None else upload.waiting_count,
            changes=ChangesOut(**upload.changes) if upload.changes and upload.plan_sha256 else None,
            changes_seen=ChangesOut(**seen) if (seen := upload.changes_seen) else None,
            organization=cast("OrganizationId", upload.organization.id_for_programs),
            incident_id=upload.incident_id or None,
            progress=ProgressOut(step=progress.step, percent=progress.percent, row_count=progress.row_count)
            if progress
            else None,
            sent_before=SentBeforeOut(
                upload=before.upload.pk,
                sent_at=before.upload.sent_at,
                state=State(before.upload.state),
                sentence=before.sentence,
            )
            if before
            else None,
            received_late=ReceivedLateOut.of(upload),
        )


class UndoOut(Schema):
    """What an undo took back: records that it withdrew and restored, of how many students. Of `left_student_count`
    students something stays, since it was changed later; `changed_by` has the IDs of the changes, null where an import
    has none. `no_longer_fit_count` lines of other file types no longer fit since."""

    withdrawn_count: int
    restored_count: int
    student_count: int
    left_student_count: int
    changed_by: list[int | None]
    no_longer_fit_count: int


class UndoneOut(UploadOut):
    """An upload after an undo. Its state is `undone` once nothing of it is left; before, it can be undone again."""

    undo: UndoOut

    @staticmethod
    def of_undone(undone: Undone) -> "UndoneOut":
        """Return the upload as the API shows it, with what was taken back."""
        found = undone.found
        return UndoneOut(
            **UploadOut.of(undone.upload).model_dump(),
            undo=UndoOut(
                **{name: getattr(found, name) for name in UndoOut.model_fields if hasattr(found, name)},
                no_longer_fit_count=undone.unfit_count,
                changed_by=[later.change_id for later in found.later],
            ),
        )


_NAMED = {
    "school_year", "organization", "complete", "follows", "waiting_count", "mapping", "changes",
    "changes_seen", "incident_id", "progress", "sent_before", "received_late",
}  # fmt: skip


class MovedLineOut(Schema):
    """A row of the file, or a line on file, that the plan of a check and the present one do not treat alike: what
    became of it `then` and what becomes of it `now`, in words, and what it says by column."""

    row: int | None
    line: int | None
    then: str
    now: str
    cells: dict[str, str]


class MovedOut(Schema):
    """What has moved since a check: how many rows and lines, and the first 1,000 of them."""

    line_count: int
    lines: list[MovedLineOut]


class ChoiceIn(Schema):
    """What becomes of lines on file that an upload leaves out of a group: for all groups, or those of some rows."""

    missing: Literal["keep", "withdraw"]
    rows: list[int] | None = None


class WithdrawalIn(Schema):
    """The lines to withdraw among those that an upload leaves out, by their IDs, or all of them; and why."""

    reason: Annotated[str, Field(max_length=1_000)]
    lines: list[int] | None = None


class CorrectionIn(Schema):
    """What is to be done with one line on file, and why. `line` is its ID, of a correction or a withdrawal; `values`
    what it is to say by column: of a line that is corrected, those that change."""

    file_type: str
    school_year: YearName
    organization: OrganizationId
    act: Literal["add", "correct", "withdraw"]
    line: Annotated[int, Field(ge=1, le=2**63 - 1)] | None = None
    values: dict[str, Annotated[str, Field(max_length=1_000)]] = {}
    reason: Annotated[str, Field(max_length=1_000)]


class SuggestionOut(Schema):
    """A value that may have been meant, and why."""

    value: str
    reason: str
    is_sure: bool


class FindingOut(Schema):
    """One thing wrong with one row, or with the file (`row` is null). `fix` says what to do, `who_can_act` who can do
    it, `suggestions` what may have been meant, the nearest first."""

    row: int | None
    column: str
    code: str
    severity: str
    value: str
    message: str
    fix: str
    who_can_act: str
    suggestions: list[SuggestionOut]


class FindingsPage(Schema):
    """Some of the findings, in the order of the Result Log. `next_after` is null on the last page."""

    findings: list[FindingOut]
    next_after: int | None


class MisfitOut(Schema):
    """A line on file that would not be loaded if it were sent now, and a rule that it breaks.

    `line` says what is on file, `line_id` names it among those of its file type. `organization` is the first that the
    line names. `upload` is the one that it came with, null where that was none.
    """

    id: int
    file_type: str
    school_year: str
    organization: OrganizationId | None
    student_number: str
    line_id: int
    line: str
    upload: int | None
    code: str
    column: str
    message: str
    fix: str
    who_can_act: str
    found_at: datetime


class MisfitsPage(Schema):
    """Some of the lines that do not fit, in the order in which they were found. `next_after` is null on the last
    page."""

    lines: list[MisfitOut]
    next_after: int | None


_PARTS: dict[str, Any] = {"in": (list[str], ...), "message": (str, ...)}
# By a call, since a class cannot name `in`, and the description knows no aliases.
MalformedPartOut = create_model(
    "MalformedPartOut",
    __base__=Schema,
    __doc__="A part of a request that does not have the form in this description: where it is, from the outside `in`, "
    "and what is wrong with it.",
    **_PARTS,
)


class Problem(Schema):
    """Problem details (RFC 9457): `title` is a sentence, `detail` what to do, `code` steady and meant for programs. Of
    a malformed request (`FORM`) `errors` has what is wrong with it, of an error of ours (`INCIDENT`) `incident_id` is
    what the help desk finds it by."""

    type: str
    title: str
    status: int
    code: str
    detail: str | None = None
    errors: list[MalformedPartOut] | None = None  # type: ignore[valid-type]
    incident_id: str | None = None
