"""The API as `tidegate submit` and `tidegate watch` use it."""

import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from tidegate.core.errors import Refusal

CONFIG = Path("~/.config/tidegate/submit.toml")
_POLL_SECONDS = 0.3
_PATIENCE_SECONDS = 60
_PASSING = (
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT,
    HTTPStatus.INSUFFICIENT_STORAGE,
)
_WHERE_FROM = f"Set TIDEGATE_URL and TIDEGATE_TOKEN, or url and token in {CONFIG}"
_BUSY = ("waiting", "processing")
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
    """What became of an upload: the counts in a sentence, and the exit status that says the same."""

    sentence: str
    exit_code: int


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
            raise _no_answer("The site does not answer", f"Check the address {self._url}") from error

    def send(self, file: File, *, once: str = "") -> int:
        """Send a file and return the ID of its upload; with the same words in `once`, a file that was sent already is
        not sent again."""
        form = {"file_type": file.file_type, "school_year": file.school_year, "organization": file.organization}
        form |= {"check_only": "true"} if file.check_only else {}
        form |= {"missing": file.missing} if file.missing else {}
        form |= {"complete": "true"} if file.complete else {}
        form |= {"mapping": file.mapping} if file.mapping else {}
        form |= {"let_wait": "true"} if file.let_wait else {}
        headers = {"Idempotency-Key": once} if once else {}
        with file.path.open("rb") as content:
            files = {"file": (file.path.name, content)}
            sent = _read(self._client.post("/api/v1/uploads", data=form, files=files, headers=headers))
        return int(sent["id"])

    def wait(self, upload_id: int) -> Ended:
        """Wait for the end of an upload, with a bar that says how far it is. A Refusal where it has no Result Log."""
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
        return _ended(upload)

    def _look(self, upload_id: int) -> dict[str, Any]:
        """Return the upload as it is now. A site that is away is asked again for a while: it has the file already."""
        until = time.monotonic() + _PATIENCE_SECONDS
        while True:
            try:
                return _read(self._client.get(f"/api/v1/uploads/{upload_id}"))
            except (Refusal, httpx.TransportError) as error:
                if time.monotonic() > until or (isinstance(error, Refusal) and not is_passing(error)):
                    raise
            time.sleep(_POLL_SECONDS)

    def result_log(self, upload_id: int) -> Iterator[str]:
        """Yield the Result Log in pieces."""
        with self._client.stream("GET", f"/api/v1/uploads/{upload_id}/result-log") as log:
            if not log.is_success:
                log.read()
                _read(log)
            yield from log.iter_text()


def is_passing(refusal: Refusal) -> bool:
    """Whether it may be otherwise in a while: the site is away, full or asked too often."""
    return refusal.http_status in _PASSING


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
    if response.is_success:
        answer: dict[str, Any] = response.json()
        return answer
    if not response.headers.get("Content-Type", "").startswith("application/problem+json"):
        raise _no_answer(f"The site answers with status {response.status_code}", "Check the address")
    problem = response.json()
    refusal = Refusal(problem["title"], fix=problem.get("detail") or "", code=problem["code"])
    refusal.http_status = HTTPStatus(response.status_code)
    raise refusal


def _no_answer(message: str, fix: str) -> Refusal:
    refusal = Refusal(message, fix=fix, code="NO_ANSWER")
    refusal.http_status = HTTPStatus.SERVICE_UNAVAILABLE
    return refusal


def _ended(upload: dict[str, Any]) -> Ended:
    """Return what became of the upload; a Refusal where it has no Result Log."""
    if upload["incident_id"]:
        fix = f"Nothing was loaded. Tell the help desk the incident ID {upload['incident_id']}"
        raise Refusal("The upload failed because of a problem on the site", fix=fix, code="INCIDENT")
    if upload["state"] == "cancelled":
        raise Refusal("The upload was cancelled", fix="Nothing was loaded. Send the file again", code="CANCELLED")
    if upload["state"] == "failed":
        said = "The file could not be read: nothing of it was loaded"
        return Ended("\n".join([said, *_sent_before(upload)]), 2)
    row, success, error = (upload[f"{name}_count"] for name in ("row", "success", "error"))
    if upload["state"] == "on_hold":
        said = "On hold: it would replace far more than usual, and a second person must release it"
        counts = f"Row Count {row:,}   Wait for release {success:,}   Error {error:,}"
        return Ended("\n".join([said, counts, *_sent_before(upload)]), 1)
    counts = f"Row Count {row:,}   Success Count {success:,}   Error {error:,}"
    is_fine = upload["state"] == "finished" and not (error or upload["warning_count"])
    # Nobody has said yes to what a complete file leaves out. A site of an earlier release says nothing about it.
    waits = upload.get("complete") and upload.get("missing_count")
    counts += _waiting_in_words(upload)
    return Ended(
        "\n".join([counts, *_changes_in_words(upload), *_sent_before(upload)]), int(not is_fine or bool(waits))
    )


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
