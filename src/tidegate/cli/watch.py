"""`tidegate watch`: sends whatever is dropped into a folder, and writes the Result Log next to
it."""

import hashlib
import os
import time
from collections.abc import Iterable
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from tidegate.cli.submit import Check, FileTypeName, LetWait, OrganizationId, TokenText, Url, YearName
from tidegate.core.errors import Refusal

_ENDINGS = (".csv", ".txt", ".tsv")
_LOG = ".result-log.csv"
_NOT_SENT = ".not-sent.txt"
_NOT_ALLOWED = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND)


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
    changed is sent again; one that still grows is left until it has rested from one look to the next. With --once the
    exit status is that of `tidegate check` for the worst of the files: 0, 1 errors or warnings, 2 not sent or refused.
    """
    if not folder.is_dir():
        raise Refusal("There is no such folder", fix="Check the path of the folder", code="NO_FILE")
    from tidegate.cli.api_client import is_passing

    watched, worst = _Folder(folder), 0
    while True:
        try:
            for path in watched.ready(is_last_look=once):
                words = _Words(file_type, school_year, organization, check_only, let_wait)
                ended = _send(path, words, url, token)
                worst = max(worst, ended)
        except Refusal as refusal:
            if once or not is_passing(refusal):
                raise
            typer.echo(f"{refusal.message}. It is tried again in {every:g} seconds.", err=True)
        if once:
            raise typer.Exit(worst)
        time.sleep(every)


def _is_about_the_file(refusal: Refusal) -> bool:
    """Whether the next file may fare better; otherwise it is the token or the organization."""
    return refusal.http_status not in _NOT_ALLOWED


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
        marks = {path: mark for path in self._path.iterdir() if _is_data(path) and (mark := _mark_of(path))}
        at_rest = [path for path in marks if is_last_look or self._seen.get(path) == marks[path]]
        self._seen = marks
        todo = [path for path in at_rest if not _is_done(path, marks[path].changed_at)]
        return sorted(todo, key=lambda path: (marks[path].changed_at, path.name))


def _is_data(path: Path) -> bool:
    is_ours = path.name.endswith((_LOG, _NOT_SENT))
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


def _send(path: Path, words: _Words, url: str, token: str) -> int:
    """Send a file, and write next to it what became of it. Return the exit status for it."""
    from tidegate.cli.api_client import ApiClient, File, is_passing

    if (mark := _mark_of(path)) is None:
        return 0
    changed_at = mark.changed_at
    try:
        with ApiClient(url, token) as client:
            upload_id = client.send(File(path, **words._asdict()), once=_key(path, changed_at, words))
            ended = client.wait(upload_id)
            _write(path.with_name(path.name + _LOG), client.result_log(upload_id), changed_at)
        path.with_name(path.name + _NOT_SENT).unlink(missing_ok=True)
        typer.echo(f"{path.name}, upload {upload_id}: {ended.sentence}")
    except Refusal as refusal:
        if is_passing(refusal) or not _is_about_the_file(refusal):
            raise
        said = f"{refusal.message}. {refusal.fix}.\n"
        _write(path.with_name(path.name + _NOT_SENT), [said], changed_at)
        typer.echo(f"{path.name}: {said}", err=True, nl=False)
        return 2
    return ended.exit_code


def _key(path: Path, changed_at: int, words: _Words) -> str:
    """Return an Idempotency-Key: a watch that was stopped between sending and writing does not send the file twice."""
    try:
        with path.open("rb") as content:
            digest = hashlib.file_digest(content, "sha256").hexdigest()
    except OSError as error:
        raise Refusal("The file cannot be read", fix="Check who may read it", code="NO_FILE") from error
    *said, let_wait = words  # a release that let no rows wait has sent files under the same keys
    return " ".join(["watch", digest, str(changed_at), *map(str, said), *(["let-wait"] * let_wait)])


def _write(path: Path, pieces: Iterable[str], changed_at: int) -> None:
    """Write an answer that appears whole and bears the time of the file that it is about."""
    unfinished = path.with_name(f".{path.name}.unfinished")
    with unfinished.open("w", encoding="utf-8", newline="") as file:
        file.writelines(pieces)
    os.utime(unfinished, ns=(changed_at, changed_at))
    unfinished.replace(path)
