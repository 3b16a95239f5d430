"""What people are told of. Each kind of message has its words here, and nowhere else."""

from enum import StrEnum
from typing import NamedTuple


class MessageKind(StrEnum):
    """A kind of message. The database has these values, so they never change."""

    UPLOAD_ENDED = "upload-ended"
    WAITS_FOR_RELEASE = "waits-for-release"
    RECORDS_CHANGED = "records-changed"
    CONFLICT_OPENED = "conflict-opened"
    WAITING_ROWS = "waiting-rows"
    DUPLICATE_DECIDED = "duplicate-decided"
    DUE_SOON = "due-soon"
    ACCESS_ASKED = "access-asked"
    ACCESS_CHANGED = "access-changed"
    INVITATION_ACCEPTED = "invitation-accepted"


class KindInWords(NamedTuple):
    """What a kind of message is called, and when it comes."""

    title: str
    when: str


IN_WORDS: dict[MessageKind, KindInWords] = {
    MessageKind.UPLOAD_ENDED: KindInWords("Upload with errors", "A file that you sent has ended with errors."),
    MessageKind.WAITS_FOR_RELEASE: KindInWords(
        "Waits for release", "A file is on hold, and you may be the second person who releases it."
    ),
    MessageKind.RECORDS_CHANGED: KindInWords(
        "Records changed by another office", "Another office has changed lines that your office sent."
    ),
    MessageKind.CONFLICT_OPENED: KindInWords(
        "Conflict with another office", "Your office and another one report a student for the same days."
    ),
    MessageKind.WAITING_ROWS: KindInWords(
        "Waiting rows", "Rows that you let wait for a line of another file were loaded, or do not wait any more."
    ),
    MessageKind.DUPLICATE_DECIDED: KindInWords(
        "Possible duplicate decided", "The state has decided about a new student whom you asked a number for."
    ),
    MessageKind.DUE_SOON: KindInWords("Due soon", "A file of your office is due in a few days."),
    MessageKind.ACCESS_ASKED: KindInWords("Request for access", "Somebody asks for a role that you may give."),
    MessageKind.ACCESS_CHANGED: KindInWords(
        "Your access", "Your roles or your password have changed, or your request was answered."
    ),
    MessageKind.INVITATION_ACCEPTED: KindInWords("Your invitation", "Somebody whom you invited has an account now."),
}
"""The words of every kind, in the order in which the page Notifications shows them."""
