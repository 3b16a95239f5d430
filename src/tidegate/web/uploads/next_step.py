"""What a person does next about an upload: one sentence, and the button for it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from django.urls import reverse

from tidegate.accounts.models import Person
from tidegate.accounts.permissions import can_download_upload, can_send_upload
from tidegate.core.rules.cause import Cause
from tidegate.uploads.lifecycle.corrections.remaining_rows import RowsToGo, first_upload
from tidegate.uploads.models import RowCorrection, State, Upload
from tidegate.uploads.queries.rows_to_choose import choice_codes
from tidegate.uploads.storage.store import may_be_kept
from tidegate.web.uploads.upload_summary import Summary

CHOOSE_ANCHOR = "stored-lines"
_OF_THE_HEADER = ("FILE006",)  # a column that is not known
_OF_A_VALUE = "14"  # categories of rules: what a value is, and what the lists do not have


class Action(NamedTuple):
    """A button: what it says, where it leads, and whether it acts by itself."""

    label: str
    address: str
    icon: str
    is_post: bool = False


@dataclass(frozen=True)
class NextStep:
    """What comes next: the buttons, the main one first, or a sentence where there is nothing to press.

    `corrections` are those that were made of its rows on its page; of a correction it is that one alone.
    """

    actions: Sequence[Action] = ()
    sentence: str = ""
    corrections: Sequence[RowCorrection] = ()

    @property
    def loads(self) -> bool:
        """Whether it offers to load what was checked."""
        return any(action.is_post for action in self.actions)


def next_step(
    upload: Upload, *, by: Person, waits_for_choice: bool, causes: Iterable[Cause] = ()
) -> tuple[NextStep, RowsToGo | None]:
    """Return what comes next, and of a loaded file which rows are still to go.

    Args:
        upload: The upload.
        by: The person who looks at it.
        waits_for_choice: Whether rows wait for what becomes of lines on file.
        causes: The first causes of its findings that are to be fixed.

    Returns:
        The next step, and the rows; None where it has not loaded a file.
    """
    may_send = can_send_upload(by, upload.organization)
    may_correct = can_download_upload(by, upload.organization)
    if upload.state != State.FINISHED or upload.plan_has_moved or upload.check_only:
        return NextStep(_before_loading(upload, may_match=may_correct) if may_send else ()), None
    first = first_upload(upload)
    # Rows that were left out alone come without a file; so does what is no file at all.
    if upload.row_count is None or not (upload.sha256 or first.pk != upload.pk):
        return NextStep(), None
    to_go = RowsToGo.of(first)
    own = tuple(each for each in to_go.corrections if upload.pk in (each.first_id, each.pk))
    if not (to_go.to_go_count and first.error_count_to_fix):
        return NextStep(sentence=_nothing_to_do(to_go), corrections=own), to_go
    if not may_send:
        return NextStep(corrections=own), to_go
    actions = _to_correct(upload, to_go, waits_for_choice, may_correct=may_correct)
    if may_correct and upload.pk == to_go.first.pk:
        actions += _to_match_values(upload, causes)
    return NextStep(actions, corrections=own), to_go


def _before_loading(upload: Upload, *, may_match: bool) -> list[Action]:
    """Return what can be done about an upload that has loaded nothing."""
    if upload.is_busy or upload.state == State.ON_HOLD or not upload.sha256:
        return []
    is_right = upload.state == State.FINISHED and not upload.error_count_to_fix
    again = _upload_again(
        upload, "Upload the file again" if upload.incident_id or is_right else "Upload corrected file"
    )
    if upload.check_only and upload.success_count and upload.state == State.FINISHED and may_be_kept(upload.stored_as):
        load = Action("Load it now", reverse("load_upload", args=[upload.pk]), "upload", is_post=True)
        return [again, load] if upload.error_count_to_fix else [load]
    return [*(_to_match(upload) if may_match else ()), again]


def _to_match(upload: Upload) -> list[Action]:
    """Return the button to match columns, where the file has some that are not known and others are missing."""
    codes = set(upload.findings.filter(row__isnull=False, code__in=_OF_THE_HEADER).values_list("code", flat=True))
    if upload.state != State.FAILED or not codes or not may_be_kept(upload.stored_as):
        return []
    return [Action("Match the columns", reverse("match_columns", args=[upload.pk]), "check")]


def _upload_again(upload: Upload, label: str) -> Action:
    return Action(label, reverse("upload_file", query={"follows": upload.pk}), "upload")


def _to_correct(upload: Upload, to_go: RowsToGo, waits_for_choice: bool, *, may_correct: bool) -> list[Action]:
    """Return what can be done about rows that are to go."""
    actions = []
    if waits_for_choice:
        actions.append(Action("Choose what to do with stored lines", f"#{CHOOSE_ANCHOR}", "notice"))
    if to_go.busy and to_go.busy.pk != upload.pk:
        return [Action("See the last correction", reverse("upload", args=[to_go.busy.pk]), "clock")]
    if may_correct and to_go.why_closed() is None:
        correct = Action("Correct these rows", reverse("correct_rows", args=[to_go.first.pk]), "check")
        actions.insert(1 if _only_waits(upload, actions) else 0, correct)
    return [*actions, _upload_again(upload, "Upload corrected file")]


def _to_match_values(upload: Upload, causes: Iterable[Cause]) -> list[Action]:
    """Return the button to match values, where one that cannot be read is in several rows and about no student."""
    columns = upload.type.layout.columns
    of_values = (each for each in causes if each.severity == "error" and each.code[-3] in _OF_A_VALUE and each.values)
    named = {name for each in of_values if each.row_count > 1 for name in each.columns}
    if not any(name in columns and not columns[name].personal for name in named):
        return []
    return [Action("Match values", reverse("match_columns", args=[upload.pk]), "notice")]


def _only_waits(upload: Upload, actions: Sequence[Action]) -> bool:
    """Whether all that keeps rows from being loaded is the choice about lines on file."""
    errors = upload.finding_counts.filter(severity="error")
    return bool(actions) and not errors.exclude(code__in=choice_codes(upload)).exists()


def _nothing_to_do(to_go: RowsToGo) -> str:
    held, waiting = to_go.undecided_count, to_go.waiting_count
    is_held = f"{held:,} row{' is' if held == 1 else 's are'} held for the state." if held else ""
    waits_for = to_go.first.type.layout.waits_for_one
    waits = f"{waiting:,} row{' waits' if waiting == 1 else 's wait'} for {waits_for}." if waiting else ""
    return " ".join(filter(None, [is_held, waits, "There is nothing to do."]))


def with_rows_to_go(summary: Summary, to_go: RowsToGo | None) -> Summary:
    """Return the summary of a file whose rows were corrected on its page: it counts all of them together."""
    if to_go is None or not any(each.upload.state == State.FINISHED for each in to_go.corrections):
        return summary
    count = to_go.to_go_count
    if count and not to_go.first.error_count_to_fix:  # by fix files, too: which rows these had is not counted here
        return summary
    out = f", {to_go.left_out_count:,} left out" if to_go.left_out_count else ""
    if to_go.waiting_count:
        waits = "waits" if to_go.waiting_count == 1 else "wait"
        out += f", {to_go.waiting_count:,} {waits} for {to_go.first.type.layout.waits_for_one}"
    if count:
        lead = f"{to_go.in_of_all}{out}, {count:,} to go"
        return replace(summary, mood="care", icon="warning", lead=lead, next_step="")
    is_done = not (to_go.undecided_count or to_go.waiting_count)
    lead = f"{to_go.in_of_all}{out}{', you are done' if is_done else ''}"
    return replace(summary, mood="good", icon="check", lead=lead, next_step="")


def with_lines_left_out(step: NextStep, count: int) -> NextStep:
    """Return the next step of a file that leaves out so many lines that are still on file."""
    if not count or not step.sentence:
        return step
    one = count == 1
    return replace(
        step,
        sentence=f"{count:,} line{' that is' if one else 's that are'} on file {'is' if one else 'are'} not in this "
        f"file. Withdraw {'it' if one else 'them'} below if {'it' if one else 'they'} should go.",
    )
