"""The API as `tidegate submit` and `tidegate watch` use it."""

import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

import httpx
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from tidegate.core.errors import Refusal

CONFIG = Path("~/.config/tidegate/submit.toml")
_POLL_SECONDS = 0.3
_PATIENCE_SECONDS = 60
_MAX_PAUSE_SECONDS = 86_400
_PASSING = (
    HTTPStatus.REQUEST_TIMEOUT,
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT,
    HTTPStatus.INSUFFICIENT_STORAGE,
)
_WHERE_FROM = f"Set TIDEGATE_URL and TIDEGATE_TOKEN, or url and token in {CONFIG}"
NO_ANSWER = "NO_ANSWER"
"""The code of a Refusal that does not come from tidegate: nobody answers, or a proxy does in its place."""
_BY_A_PROXY = "in between refuses the file. Ask those who run your network or the site"
_FIX_BY_STATUS = {HTTPStatus.FORBIDDEN: f"A firewall {_BY_A_PROXY}", HTTPStatus(413): f"A proxy {_BY_A_PROXY}"}
_BUSY = ("waiting", "processing")
_ON_HOLD = "on_hold"
_PAGE_OF_UPLOAD = "/state-reporting-status/{}/"
_IN_VAIN = ("cancelled", "failed", "undone")
_STEPS = {
    None: "Waiting for the upload to be processed",
    "reading": "Reading the file",
    "judging": "Checking the rows",
    "loading": "Loading the good rows",
    "logging": "Writing the Result Log",
}


@dataclass(frozen=True)
class File:
    """A file, and what is said about it."""

    path: Path
    file_type: str
    school_year: str
    organization: str
    check_only: bool = False
    missing: str = ""
    complete: bool = False
    mapping: str = ""
    let_wait: bool = False


@dataclass(frozen=True)
class Ended:
    """What became of an upload: the counts in a sentence, and the exit status that says the same. One that is on hold
    has loaded nothing yet, and may be released or cancelled: its Result Log does not say what becomes of it."""

    sentence: str
    exit_code: int
    is_on_hold: bool = False


class Sent(NamedTuple):
    """The upload that a file has become, now or when it was sent before. `is_in_vain` says that nothing of it is on
    file, and that nothing will be unless the file is sent once more."""

    upload_id: int
    is_in_vain: bool


class Declined(Refusal):
    """What a site, or a proxy in its place, does not take. It asks to be left alone for `retry_after_seconds`."""

    retry_after_seconds: float = 0


class ApiClient:
    """Speaks to the API of a site. Everything that is declined, or does not answer, is a Refusal."""

    def __init__(self, url: str, token: str) -> None:
        url, token = _complete(url, token)
        self._url = url
        try:
            self._client = httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=60)
        except (httpx.InvalidURL, UnicodeEncodeError) as error:
            raise Refusal("The address or the token is not valid", fix=_WHERE_FROM, code="NO_TOKEN") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, error_type: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()
        if isinstance(error, httpx.TransportError):
            away = HTTPStatus.SERVICE_UNAVAILABLE
            raise _no_answer(away, "The site does not answer", fix=f"Check the address {self._url}") from error

    def send(self, file: File, *, once: str = "") -> Sent:
        """Send a file and return its upload; with the same words in `once`, a file that was sent already is not sent
        again."""
        form = {"file_type": file.file_type, "school_year": file.school_year, "organization": file.organization}
        form |= {"check_only": "true"} if file.check_only else {}
        form |= {"missing": file.missing} if file.missing else {}
        form |= {"complete": "true"} if file.complete else {}
        form |= {"mapping": file.mapping} if file.mapping else {}
        form |= {"let_wait": "true"} if file.let_wait else {}
        headers = {"Idempotency-Key": once} if once else {}
        try:
            content = file.path.open("rb")
        except OSError as error:
            raise unreadable_file() from error
        with content:
            files = {"file": (file.path.name, content)}
            sent = _read(self._client.post("/api/v1/uploads", data=form, files=files, headers=headers))
        return Sent(int(sent["id"]), sent["state"] in _IN_VAIN)

    def wait(self, upload_id: int) -> Ended:
        """Wait until an upload has ended or is on hold, with a bar that says how far it is. A Refusal where it has no
        Result Log."""
        columns = TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn()
        console = Console(stderr=True)
        with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
            task = bar.add_task(_STEPS[None], total=None)
            while (upload := self._look(upload_id))["state"] in _BUSY:
                if progress := upload["progress"]:
                    rows = f": {progress['row_count']:,} rows" if progress["row_count"] else ""
                    said = _STEPS.get(progress["step"], progress["step"]) + rows
                    bar.update(task, description=said, total=100, completed=progress["percent"])
                time.sleep(_POLL_SECONDS)
        if upload["state"] == _ON_HOLD:
            return _on_hold(upload, page=self.page_of(upload_id))
        return _ended(upload)

    def page_of(self, upload_id: int) -> str:
        """Return the address of the page of an upload."""
        return self._url + _PAGE_OF_UPLOAD.format(upload_id)

    def knows(self, upload_id: int) -> bool:
        """Whether the site has the upload: it may have been set up anew since."""
        try:
            self._look(upload_id)
        except Refusal as refusal:
            if refusal.http_status == HTTPStatus.NOT_FOUND and refusal.code != NO_ANSWER:
                return False
            raise
        return True

    def _look(self, upload_id: int) -> dict[str, Any]:
        """Return the upload as it is now. A site that is away is asked again for a while: it has the file already."""
        until = time.monotonic() + _PATIENCE_SECONDS
        while True:
            try:
                return _read(self._client.get(f"/api/v1/uploads/{upload_id}"))
            except (Refusal, httpx.TransportError) as error:
                pause = pause_asked_by(error)
                if time.monotonic() + pause > until or (isinstance(error, Refusal) and not is_passing(error)):
                    raise
            time.sleep(max(_POLL_SECONDS, pause))

    def result_log(self, upload_id: int) -> Iterator[str]:
        """Yield the Result Log in pieces."""
        with self._client.stream("GET", f"/api/v1/uploads/{upload_id}/result-log") as log:
            if not log.is_success:
                log.read()
                _read(log)
            yield from log.iter_text()


def is_passing(refusal: Refusal) -> bool:
    """Whether it may be otherwise in a while: the site is away, full or asked too often, or the line was too slow."""
    is_of_a_server = refusal.code == NO_ANSWER and refusal.http_status >= HTTPStatus.INTERNAL_SERVER_ERROR
    return refusal.http_status in _PASSING or is_of_a_server


def pause_asked_by(error: Exception) -> float:
    """Return for how many seconds a site wants to be left alone; 0 where it does not say so."""
    return error.retry_after_seconds if isinstance(error, Declined) else 0


def unreadable_file() -> Refusal:
    """Return the Refusal of a file that cannot be opened."""
    return Refusal("The file cannot be read", fix="Check who may read it", code="NO_FILE")


def _complete(url: str, token: str) -> tuple[str, str]:
    """Return address and token, from the config file where they are not given."""
    config = _read_config(CONFIG.expanduser())
    url, token = (url or str(config.get("url", ""))).strip(), (token or str(config.get("token", ""))).strip()
    if not url or not token:
        raise Refusal("The address or the token is missing", fix=_WHERE_FROM, code="NO_TOKEN")
    return url.rstrip("/"), token


def _read_config(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8")) if path.is_file() else {}
    except (OSError, ValueError) as error:
        fix = 'It has two lines: url = "https://…" and token = "tg_…"'
        raise Refusal(f"{path} cannot be read", fix=fix, code="CONFIG") from error


def _read(response: httpx.Response) -> dict[str, Any]:
    """Return what the API says; its problem details become a Refusal."""
    answer = _json_in(response)
    if response.is_success:
        if answer is None:
            raise _no_answer(HTTPStatus.BAD_GATEWAY, "What answers is not tidegate", fix="Check the address")
        return answer
    status = _status_of(response)
    is_problem = response.headers.get("Content-Type", "").startswith("application/problem+json")
    if not (is_problem and answer and {"title", "code"} <= answer.keys()):
        fix = _FIX_BY_STATUS.get(status, "Check the address")
        refusal = _no_answer(status, f"The site answers with status {response.status_code}", fix=fix)
    else:
        refusal = Declined(answer["title"], fix=answer.get("detail") or "", code=answer["code"])
        refusal.http_status = status
    refusal.retry_after_seconds = _seconds_in(response.headers.get("Retry-After", ""))
    raise refusal


def _json_in(response: httpx.Response) -> dict[str, Any] | None:
    """Return the object that an answer holds; None where it is none, such as the page of a proxy."""
    try:
        answer = response.json()
    except ValueError:
        return None
    return answer if isinstance(answer, dict) else None


def _status_of(response: httpx.Response) -> HTTPStatus:
    """Return the status of an answer; of one that is a proxy's own, such as 520, what it is most like."""
    try:
        return HTTPStatus(response.status_code)
    except ValueError:
        return HTTPStatus.BAD_REQUEST if response.is_client_error else HTTPStatus.BAD_GATEWAY


def _seconds_in(retry_after: str) -> float:
    """Return the seconds that a Retry-After asks for, as a number or as a time (RFC 9110); 0 for anything else."""
    if retry_after.isascii() and retry_after.isdigit():
        return min(float(retry_after), _MAX_PAUSE_SECONDS)
    try:
        until = parsedate_to_datetime(retry_after).timestamp()
    except (ValueError, OverflowError):
        return 0
    return min(max(until - time.time(), 0), _MAX_PAUSE_SECONDS)


def _no_answer(status: HTTPStatus, message: str, *, fix: str) -> Declined:
    refusal = Declined(message, fix=fix, code=NO_ANSWER)
    refusal.http_status = status
    return refusal


def _ended(upload: dict[str, Any]) -> Ended:
    """Return what became of the upload; a Refusal where it has no Result Log."""
    if upload["incident_id"]:
        fix = f"Nothing was loaded. Tell the help desk the incident ID {upload['incident_id']}"
        raise Refusal("The upload failed because of a problem on the site", fix=fix, code="INCIDENT")
    if upload["state"] == "cancelled":
        raise Refusal("The upload was cancelled", fix="Nothing was loaded. Send the file again", code="CANCELLED")
    if upload["state"] == "undone":
        raise Refusal("The upload was undone", fix="Nothing of it is on file any more", code="UNDONE")
    if upload["state"] == "failed":
        said = "The file could not be read: nothing of it was loaded"
        return Ended("\n".join([said, *_sent_before(upload)]), 2)
    row, success, error = (upload[f"{name}_count"] for name in ("row", "success", "error"))
    counts = f"Row Count {row:,}   Success Count {success:,}   Error {error:,}"
    is_fine = upload["state"] == "finished" and not (error or upload["warning_count"])
    # Nobody has said yes to what a complete file leaves out. A site of an earlier release says nothing about it.
    waits = upload.get("complete") and upload.get("missing_count")
    counts += _waiting_in_words(upload)
    return Ended(
        "\n".join([counts, *_changes_in_words(upload), *_sent_before(upload)]), int(not is_fine or bool(waits))
    )


def _on_hold(upload: dict[str, Any], *, page: str) -> Ended:
    """Return that the upload waits for release, and where it is released."""
    said = "On hold: it would replace far more than usual, and a second person must release it"
    where = f"Nothing of it is loaded until then. Release or cancel it at {page}"
    row, success, error = (upload[f"{name}_count"] for name in ("row", "success", "error"))
    counts = f"Row Count {row:,}   Wait for release {success:,}   Error {error:,}"
    return Ended("\n".join([said, where, counts, *_sent_before(upload)]), 1, is_on_hold=True)


def _waiting_in_words(upload: dict[str, Any]) -> str:
    """Return how many of the rows with errors wait for a line of another file, if any. A site of an earlier release
    knows of none."""
    waiting = upload.get("waiting_count") or 0
    return (
        f" ({waiting:,} of these {'waits' if waiting == 1 else 'wait'} for a line of another file)" if waiting else ""
    )


def _changes_in_words(upload: dict[str, Any]) -> Iterator[str]:
    """Yield what the upload changes. A site of an earlier release does not say so."""
    from tidegate.core.outputs.changes import changes_in_words

    if changes := upload.get("changes"):
        yield from changes_in_words(
            changes,
            missing_count=upload.get("missing_count") or 0,
            is_check_only=upload["check_only"],
            is_complete=bool(upload.get("complete")),
        )


def _sent_before(upload: dict[str, Any]) -> Iterator[str]:
    """Yield when the same file was sent before, and what is different now, where it was."""
    if before := upload.get("sent_before"):
        yield before["sentence"]
