"""What is left of an upload: rows to correct in another file, and rows about which the state decides."""

from collections.abc import Iterable

from tidegate.accounts.models import Person
from tidegate.accounts.permissions import can_send_upload
from tidegate.records.answer_lines import count_undecided, held_lines
from tidegate.records.models import AnswerLine
from tidegate.uploads.models import State, Upload

_MAX_HELD_SHOWN = 50


def may_correct(person: Person, upload: Upload) -> bool:
    """Whether the person may send a corrected file for the upload, and there is something to correct."""
    is_wrong = upload.state == State.FAILED or (upload.state == State.FINISHED and upload.error_count_to_fix > 0)
    return is_wrong and can_send_upload(person, upload.organization)


def held_rows(upload: Upload) -> list[AnswerLine]:
    """Return the first rows that were held for the state, with the numbers that it has given since."""
    return list(held_lines(upload.pk)[:_MAX_HELD_SHOWN]) if upload.held_count and upload.has_log else []


def note_undecided(uploads: Iterable[Upload]) -> None:
    """Note on the uploads about how many of their held rows the state has not decided yet."""
    with_held = [each for each in uploads if each.held_count]
    counts = count_undecided([each.pk for each in with_held]) if with_held else {}
    for each in with_held:
        each.undecided_count = counts.get(each.pk, 0)
