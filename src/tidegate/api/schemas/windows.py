"""What the API says about windows."""

from datetime import date

from ninja import Schema
from pydantic import Field

from tidegate.uploads.late_uploads import allowance_of
from tidegate.uploads.models import Upload
from tidegate.windows.collection import CAN_SEND, Collection, CollectionState
from tidegate.windows.describe_window import describe_window


class WindowOut(Schema):
    """When files of a type are collected from an organization for a school year, all days included, in the state's time
    zone. Without a window the days are null, and files are always loaded. `sentence` is for people."""

    file_type: str
    school_year: str
    state: CollectionState = Field(
        description="A file is loaded where it is `open`, `overdue` or `late_allowed`. One that is refused has the "
        "same word in capital letters as the `code` of the problem"
    )
    can_send: bool = Field(description="Whether a file would be loaded that is received today")
    opens: date | None
    due: date | None
    closes: date | None
    late_until: date | None = Field(description="The last day on which late files are allowed; null where none are")
    sentence: str

    @staticmethod
    def of(found: Collection, *, day: date) -> "WindowOut":
        """Return how a file type is collected, as the API shows it."""
        window, state = found.window, found.state_on(day)
        return WindowOut(
            file_type=found.file_type,
            school_year=found.school_year.name,
            state=state,
            can_send=state in CAN_SEND,
            opens=window.opens if window else None,
            due=window.due if window else None,
            closes=window.closes if window else None,
            late_until=found.allowance.until if found.allowance else None,
            sentence=describe_window(found, day=day),
        )


class ReceivedLateOut(Schema):
    """By which late allowance the file was received after its window had closed: the last day, who has allowed it, and
    why."""

    until: date
    allowed_by: str
    reason: str

    @staticmethod
    def of(upload: Upload) -> "ReceivedLateOut | None":
        """Return it as the API shows it; None where the file was received in time."""
        late = allowance_of(upload)
        return ReceivedLateOut(until=late.until, allowed_by=late.allowed_by.name, reason=late.reason) if late else None
