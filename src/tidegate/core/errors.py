"""The errors that people see: a request is declined, with a sentence and a way out."""

from http import HTTPStatus


class Refusal(Exception):
    """A request that is declined. `message` is the sentence a person reads; it never holds a value
    from a file.

    `code` never changes and is meant for programs, `fix` says what to do next, and `http_status`
    and `exit_code` are the answers of the web and the command line. What is wrong with the data is
    a Finding and is never raised. Any other exception is an error of the program.
    """

    code = "REFUSED"
    http_status = HTTPStatus.BAD_REQUEST
    exit_code = 2

    def __init__(self, message: str, *, fix: str = "", code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.fix = fix
        self.code = code or self.code

    @property
    def in_full(self) -> str:
        """What is wrong and what to do next, as a form says it."""
        return ". ".join(filter(None, (self.message, self.fix)))


class NotFound(Refusal):
    """There is no such thing, or the person may not know of it: both answer alike, so that nobody can probe."""

    code = "NOT_FOUND"
    http_status = HTTPStatus.NOT_FOUND


class NotAllowed(Refusal):
    """The person may see the thing but not do this to it."""

    code = "NOT_ALLOWED"
    http_status = HTTPStatus.FORBIDDEN


class Conflict(Refusal):
    """It cannot be done now: somebody else was faster, or it has ended, or has not begun."""

    code = "CONFLICT"
    http_status = HTTPStatus.CONFLICT


class TooLarge(Refusal):
    """What was sent is over a limit that the state set."""

    code = "TOO_LARGE"
    http_status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


class NoRoom(Refusal):
    """The disk that should keep it is full."""

    code = "NO_ROOM"
    http_status = HTTPStatus.INSUFFICIENT_STORAGE


class TooMany(Refusal):
    """The person has done this too often in a short time."""

    code = "TOO_MANY"
    http_status = HTTPStatus.TOO_MANY_REQUESTS


class BrokenLayout(Exception):
    """A layout, rule or code list of this installation is wrong. Raised at start-up, never for a person's file."""

    what = "layout or rule"


class BrokenState(BrokenLayout):
    """TIDEGATE_STATE names no package, or one that is not as a package of a state must be. Raised at start-up."""

    what = "state package"


class BrokenOutput(BrokenLayout):
    """A file of `core/outputs/` lacks a part of an output. Raised at start-up."""

    what = "output"
