"""The reason that a person gives for an exception."""

from tidegate.core.errors import Refusal
from tidegate.core.free_text import free_text

MAX_REASON_LENGTH = 500


def checked_reason(reason: str, *, of: str) -> str:
    """Return the reason without spaces around it; a Refusal where there is none, or it is too long. `of` is what needs
    one: "A late file"."""
    reason = free_text(reason)
    if not reason:
        raise Refusal(f"{of} needs a reason", fix="Say in a few words why", code="NO_REASON")
    if len(reason) > MAX_REASON_LENGTH:
        raise Refusal(
            f"The reason has more than {MAX_REASON_LENGTH} characters", fix="Make it shorter", code="LONG_REASON"
        )
    return reason
