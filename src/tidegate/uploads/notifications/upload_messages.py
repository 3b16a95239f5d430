"""What people are told of uploads. Neither a student nor the name of a file is in any of it."""

from collections.abc import Callable, Iterable

from tidegate.accounts.find_people import memberships_with
from tidegate.accounts.models import Membership, Person
from tidegate.accounts.roles import Permission
from tidegate.inbox.kinds import MessageKind
from tidegate.inbox.notify import mark_settled, notify
from tidegate.records.changes import is_made_by_hand
from tidegate.uploads.models import RowCorrection, State, Upload


def notify_of_upload(upload: Upload) -> None:
    """Tell the people whom it concerns how an upload has ended, or that it waits for somebody."""
    if of_state := _OF_STATE.get(State(upload.state)):
        of_state(upload)


def notify_sender(upload: Upload, kind: MessageKind, text: str) -> None:
    """Tell the person who sent an upload something about it."""
    notify([upload.sent_by], kind, text, link=page_of_upload(upload), organization=upload.organization)


def page_of_upload(upload: Upload) -> str:
    """Return the path of an upload's page."""
    # The addresses of pages are not asked for: a worker would load all pages for it. A test says that this is one.
    return f"/state-reporting-status/{upload.pk}/"


def describe_upload(upload: Upload) -> str:
    """Return what an upload is, as in `Enrollment file for 2020-2021`."""
    return f"{upload.type.name} file for {upload.school_year.name}"


def _finished(upload: Upload) -> None:
    if RowCorrection.objects.filter(upload=upload, is_by_itself=True).exists():
        _waiting_rows_sent(upload)
    elif upload.error_count and not is_made_by_hand(upload.pk):
        done = "checked" if upload.check_only else "sent"
        rows = _with_errors(upload.error_count, of=upload.row_count or 0)
        text = f"Your {describe_upload(upload)} was {done}: {rows}. Open it to see what to correct."
        notify_sender(upload, MessageKind.UPLOAD_ENDED, text)


def _with_errors(count: int, *, of: int) -> str:
    if of == 1:
        return "its only row has errors"
    if count == of:
        return f"all {of:,} of its rows have errors"
    return f"{count:,} of its {of:,} rows {_have(count)} errors"


def _waiting_rows_sent(upload: Upload) -> None:
    loaded, left = upload.success_count or 0, upload.error_count or 0
    parts = [f"{loaded:,} {_were(loaded)} loaded"] * bool(loaded)
    parts += [f"{left:,} {_have(left)} another error now"] * bool(left)
    waited = f"waited for {upload.type.layout.waits_for_one}, and it has arrived"
    text = f"Rows of your {describe_upload(upload)} {waited}: {', '.join(parts)}."
    notify_sender(upload, MessageKind.WAITING_ROWS, text)


def _failed(upload: Upload) -> None:
    text = f"Your {describe_upload(upload)} failed, and nothing of it was loaded. Open it to see why."
    notify_sender(upload, MessageKind.UPLOAD_ENDED, text)


def _on_hold(upload: Upload) -> None:
    text = (
        f"The {describe_upload(upload)} would replace {upload.replaced_percent or 0} percent of what is on file. "
        "It waits until a second person has looked at it and releases it."
    )
    notify(
        may_release(upload),
        MessageKind.WAITS_FOR_RELEASE,
        text,
        link=page_of_upload(upload),
        organization=upload.organization,
    )


def settle_release(upload: Upload) -> None:
    """Tell nobody any more that an upload waits for release: somebody has released it, or it was cancelled."""
    mark_settled(MessageKind.WAITS_FOR_RELEASE, link=page_of_upload(upload), since=upload.sent_at)


def notify_of_waits(upload: Upload, people: Iterable[Person], *, row_count: int, why: str) -> None:
    """Tell those who let rows wait that the rows were given up, and why."""
    rows = f"{row_count:,} {'row' if row_count == 1 else 'rows'} of your {describe_upload(upload)}"
    wait = f"{_wait(row_count)} no longer for {upload.type.layout.waits_for_one}"
    text = f"{rows} {wait}: {why}. Open the upload to see which."
    notify(people, MessageKind.WAITING_ROWS, text, link=page_of_upload(upload), organization=upload.organization)


def notify_of_duplicate(upload: Upload, *, is_new: bool) -> None:
    """Tell the sender of a request for a number that the state has decided about it."""
    decided = "is somebody new, and has a number now" if is_new else "is somebody who has a number already"
    whose = f"a student of your {describe_upload(upload)} {decided}"
    text = f"The state has decided: {whose}. The upload's page has the number."
    notify_sender(upload, MessageKind.DUPLICATE_DECIDED, text)


def may_release(upload: Upload) -> list[Person]:
    """Return the people who may release an upload: those of its own office or, where it has nobody but the sender,
    those of the whole state."""
    own = upload.organization.ids_up_to_district
    held = memberships_with(Permission.RELEASE_UPLOADS).exclude(person=upload.sent_by_id)
    return _people(held.filter(organization__in=own)) or _people(held.filter(organization=None))


def _people(memberships: Iterable[Membership]) -> list[Person]:
    return list({each.person_id: each.person for each in memberships}.values())


def _have(count: int) -> str:
    return "has" if count == 1 else "have"


def _wait(count: int) -> str:
    return "waits" if count == 1 else "wait"


def _were(count: int) -> str:
    return "was" if count == 1 else "were"


_OF_STATE: dict[State, Callable[[Upload], None]] = {
    State.FINISHED: _finished,
    State.FAILED: _failed,
    State.ON_HOLD: _on_hold,
}
