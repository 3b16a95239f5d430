"""`tidegate watch`: sends whatever is dropped into a folder, and writes the Result Log next to
it."""

import hashlib
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from tidegate.cli.submit import Check, FileTypeName, LetWait, OrganizationId, TokenText, Url, YearName
from tidegate.core.errors import Refusal

if TYPE_CHECKING:
    from tidegate.cli.api_client import ApiClient

_ENDINGS = (".csv", ".txt", ".tsv")
_LOG = ".result-log.csv"
_NOT_SENT = ".not-sent.txt"
_ON_HOLD = ".on-hold.txt"
_ANSWERED = ".tidegate-answered"
_LATER = "Once that is done, what became of the file is written here in place of this note"
_AGAIN = "To send the file again, delete this note, or save the file anew, so that its time changes"
_NOT_ALLOWED = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND)
_NOT_THE_SITE = (  # what another program answers at an address that is wrong
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.METHOD_NOT_ALLOWED,
    HTTPStatus.PROXY_AUTHENTICATION_REQUIRED,
)
_FOLDER_AWAY, _NOT_WRITTEN = "FOLDER", "ANSWER"
_FIX_OF_FOLDER = "Check that the folder is there, and who may read and write in it"
_MAX_PASSED_OVER = 3


class _Words(NamedTuple):
    """What is said about every file of the folder."""

    file_type: str
    school_year: str
    organization: str
    check_only: bool
    let_wait: bool


def watch(
    folder: Annotated[Path, typer.Argument(help="The folder that files are dropped into")],
    file_type: FileTypeName,
    school_year: YearName,
    organization: OrganizationId,
    check_only: Check = False,
    let_wait: LetWait = False,
    once: Annotated[bool, typer.Option("--once", help="Send what is there and stop, e.g. from cron")] = False,
    every: Annotated[float, typer.Option(help="Seconds between two looks at the folder", min=0.1)] = 5.0,
    url: Url = "",
    token: TokenText = "",
) -> None:
    """Send every .csv, .txt and .tsv file of a folder through the API, and each one that is dropped into it later.

    Beside each file comes its Result Log, NAME.result-log.csv, or NAME.not-sent.txt with the reason. A file that is
    changed is sent again; one that still grows is left until it has rested from one look to the next. Where its upload
    is on hold, NAME.on-hold.txt says so until it is released or cancelled. A file whose upload was cancelled or undone,
    or has failed, is sent again once that answer is deleted. With --once the exit status is that of `tidegate check`
    for the worst of the files: 0, 1 errors, warnings or on hold, 2 not sent or refused.
    """
    if not folder.is_dir():
        raise Refusal("There is no such folder", fix="Check the path of the folder", code="NO_FILE")
    from tidegate.cli.api_client import is_passing, pause_asked_by

    words = _Words(file_type, school_year, organization, check_only, let_wait)
    watched, sender = _Folder(folder), _Sender(folder, words, url=url, token=token)
    while True:
        pause = every
        try:
            worst = sender.send_all(watched.ready(is_last_look=once))
            if once:
                raise typer.Exit(worst)
        except Refusal as refusal:
            if once or not is_passing(refusal):
                raise
            pause = max(every, pause_asked_by(refusal))
            typer.echo(f"{refusal.message}. It is tried again in {pause:g} seconds.", err=True)
        time.sleep(pause)


def _is_about_the_file(refusal: Refusal) -> bool:
    """Whether the next file may fare better; otherwise it is the token, the organization or the address."""
    from tidegate.cli.api_client import NO_ANSWER

    if refusal.code == NO_ANSWER:
        return refusal.http_status >= HTTPStatus.BAD_REQUEST and refusal.http_status not in _NOT_THE_SITE
    return refusal.http_status not in _NOT_ALLOWED


@contextmanager
def _passing_if_away(message: str, *, code: str) -> Iterator[None]:
    """Let a block read or write in the folder. Where it cannot, a Refusal that may pass says so: folders on other
    machines go away for a moment, and a log may be open in a spreadsheet."""
    try:
        yield
    except OSError as error:
        refusal = Refusal(message, fix=_FIX_OF_FOLDER, code=code)
        refusal.http_status = HTTPStatus.SERVICE_UNAVAILABLE
        raise refusal from error


class _Mark(NamedTuple):
    """What differs if a file has changed; the time in nanoseconds."""

    byte_count: int
    changed_at: int


class _Folder:
    """A folder, and what its files were like at the last look."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: dict[Path, _Mark] = {}

    def ready(self, *, is_last_look: bool) -> list[Path]:
        """Return the files to be sent, the oldest first: those that were the same at the last look and have no log."""
        with _passing_if_away("The folder cannot be read", code=_FOLDER_AWAY):
            marks = {path: mark for path in self._path.iterdir() if _is_data(path) and (mark := _mark_of(path))}
            at_rest = [path for path in marks if is_last_look or self._seen.get(path) == marks[path]]
            self._seen = marks
            todo = [path for path in at_rest if not _is_done(path, marks[path].changed_at)]
        return sorted(todo, key=lambda path: (marks[path].changed_at, path.name))


def _is_data(path: Path) -> bool:
    is_ours = path.name.endswith((_LOG, _NOT_SENT, _ON_HOLD))
    return path.is_file() and path.suffix.lower() in _ENDINGS and not is_ours and not path.name.startswith((".", "~"))


def _mark_of(path: Path) -> _Mark | None:
    """Return what the file is like now; None where it was taken away at this moment."""
    try:
        stat = path.stat()
    except FileNotFoundError:
        return None
    return _Mark(stat.st_size, stat.st_mtime_ns)


def _is_done(path: Path, changed_at: int) -> bool:
    """Whether an answer is there for the file as it is now: answers bear the time of the file that they are about."""
    answers = [path.with_name(path.name + ending) for ending in (_LOG, _NOT_SENT)]
    return any(answer.exists() and answer.stat().st_mtime_ns == changed_at for answer in answers)


class _Answered:
    """The uploads whose answers were laid into the folder. If one is not there any more, somebody has deleted it; if it
    never was, as where a watch was stopped in between, nobody has seen what became of the upload."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / _ANSWERED

    def __contains__(self, upload_id: int) -> bool:
        try:
            return str(upload_id) in self._path.read_text("utf-8").split()
        except FileNotFoundError:
            return False

    def add(self, upload_id: int) -> None:
        """Note that the answer lies in the folder."""
        if upload_id not in self:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(f"{upload_id}\n")


class _Sender:
    """Sends files of a folder, and lays next to each what became of it."""

    def __init__(self, folder: Path, words: _Words, *, url: str, token: str) -> None:
        self._answered = _Answered(folder)
        self._words = words
        self._url, self._token = url, token
        self._without_answer: dict[tuple[Path, _Mark], int] = {}  # what was sent, and need not be sent again to know

    def send_all(self, paths: Iterable[Path]) -> int:
        """Send files, and return the worst exit status. The first Refusal that is not about one of them is raised: at
        once, so that the newest file is loaded last, or after the others where their order does not matter."""
        worst, passed_over = 0, list[Refusal]()
        for path in paths:
            try:
                worst = max(worst, self._send(path))
            except Refusal as refusal:
                if not self._may_others_go_first(refusal) or len(passed_over) == _MAX_PASSED_OVER:
                    raise
                passed_over.append(refusal)
        if passed_over:
            raise passed_over[0]
        return worst

    def _may_others_go_first(self, refusal: Refusal) -> bool:
        """Whether the files behind one that cannot be sent now may be sent before it."""
        from tidegate.cli.api_client import is_passing, pause_asked_by

        if not is_passing(refusal) or refusal.code == _FOLDER_AWAY:
            return False
        return refusal.code == _NOT_WRITTEN or (self._words.check_only and not pause_asked_by(refusal))

    def _send(self, path: Path) -> int:
        """Send a file, and write next to it what became of it. Return the exit status for it."""
        from tidegate.cli.api_client import ApiClient, is_passing, unreadable_file

        with _passing_if_away("The folder cannot be read", code=_FOLDER_AWAY):
            mark = _mark_of(path)
        if mark is None:
            return 0
        upload_id = 0
        try:
            with ApiClient(self._url, self._token) as client:
                upload_id = self._upload_of(path, mark, client)
                ended = client.wait(upload_id)
                if ended.is_on_hold:
                    self._note_hold(path, mark, f"{_named(path)}{upload_id}: {ended.sentence}")
                    return ended.exit_code
                self._answer(path, mark, _LOG, client.result_log(upload_id), upload_id=upload_id)
        except Refusal as refusal:
            if is_passing(refusal) or not _is_about_the_file(refusal):
                raise
            if refusal.code == unreadable_file().code and not os.path.exists(path):  # noqa: PTH110 - Path may raise
                return 0
            said = f"{refusal.in_full}."
            self._answer(path, mark, _NOT_SENT, [f"{said}\n{_AGAIN}.\n"], upload_id=upload_id)
            typer.echo(f"{path.name}: {said}", err=True)
            return 2
        typer.echo(f"{_named(path)}{upload_id}: {ended.sentence}")
        return ended.exit_code

    def _upload_of(self, path: Path, mark: _Mark, client: "ApiClient") -> int:
        """Return the ID of the upload that a file has become. It is sent once more where that upload was cancelled or
        undone, or has failed, and somebody has deleted the answer that lay beside the file."""
        from tidegate.cli.api_client import File

        if upload_id := self._without_answer.get((path, mark)):
            return upload_id
        if (upload_id := _upload_on_hold(path, mark, client)) and client.knows(upload_id):
            self._without_answer[path, mark] = upload_id
            return upload_id
        file, key = File(path, **self._words._asdict()), _key(path, mark.changed_at, self._words)
        with _passing_if_away("The folder cannot be read", code=_FOLDER_AWAY):
            sent = client.send(file, once=key)
            while sent.is_in_vain and sent.upload_id in self._answered:
                sent = client.send(file, once=f"{key} after {sent.upload_id}")
        self._without_answer[path, mark] = sent.upload_id
        return sent.upload_id

    def _note_hold(self, path: Path, mark: _Mark, said: str) -> None:
        """Write next to a file that its upload is on hold, where that is new. It is no answer: at the next look the
        site is asked again what became of it."""
        note = f"{said}\n{_LATER}.\n"
        if _hold_beside(path, mark) == note:
            return
        with _passing_if_away(f"The note to {path.name} cannot be written", code=_NOT_WRITTEN):
            _write(path.with_name(path.name + _ON_HOLD), [note], mark.changed_at)
            path.with_name(path.name + _NOT_SENT).unlink(missing_ok=True)
        typer.echo(said)

    def _answer(self, path: Path, mark: _Mark, ending: str, pieces: Iterable[str], *, upload_id: int) -> None:
        """Write an answer next to a file; a reason why it was not loaded is deleted once it was, and a note that it is
        on hold once it is not."""
        with _passing_if_away(f"The answer to {path.name} cannot be written", code=_NOT_WRITTEN):
            _write(path.with_name(path.name + ending), pieces, mark.changed_at)
            for past in (_ON_HOLD, _NOT_SENT) if ending == _LOG else (_ON_HOLD,):
                path.with_name(path.name + past).unlink(missing_ok=True)
            if upload_id:
                self._answered.add(upload_id)
        self._without_answer.pop((path, mark), None)


def _named(path: Path) -> str:
    """Return what stands before the number of the upload in what is said of a file."""
    return f"{path.name}, upload "


def _hold_beside(path: Path, mark: _Mark) -> str:
    """Return the note beside a file that its upload is on hold; blank where there is none of the file as it is now."""
    note = path.with_name(path.name + _ON_HOLD)
    try:
        return note.read_text("utf-8") if note.stat().st_mtime_ns == mark.changed_at else ""
    except (OSError, ValueError):
        return ""


def _upload_on_hold(path: Path, mark: _Mark, client: "ApiClient") -> int:
    """Return the upload that the note beside a file names; 0 where there is none, or it is of another site. A run from
    cron asks by it, so that it need not send the file to know."""
    said = _hold_beside(path, mark)
    number = said.removeprefix(_named(path)).partition(":")[0]
    if said.startswith(_named(path)) and number.isdecimal() and client.page_of(int(number)) in said.split():
        return int(number)
    return 0


def _key(path: Path, changed_at: int, words: _Words) -> str:
    """Return an Idempotency-Key: a watch that was stopped between sending and writing does not send the file twice."""
    from tidegate.cli.api_client import unreadable_file

    try:
        with path.open("rb") as content:
            digest = hashlib.file_digest(content, "sha256").hexdigest()
    except OSError as error:
        raise unreadable_file() from error
    *said, let_wait = words  # a release that let no rows wait has sent files under the same keys
    return " ".join(["watch", digest, str(changed_at), *map(str, said), *(["let-wait"] * let_wait)])


def _write(path: Path, pieces: Iterable[str], changed_at: int) -> None:
    """Write an answer that appears whole and bears the time of the file that it is about."""
    unfinished = path.with_name(f".{path.name}.unfinished")
    with unfinished.open("w", encoding="utf-8", newline="") as file:
        file.writelines(pieces)
    os.utime(unfinished, ns=(changed_at, changed_at))
    unfinished.replace(path)
