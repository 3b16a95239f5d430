"""`tidegate submit`: sends a file through the API, from any machine."""

import sys
import time
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tidegate.core.errors import Refusal

if TYPE_CHECKING:
    import httpx

CONFIG = Path("~/.config/tidegate/submit.toml")
_POLL_SECONDS = 0.3


def submit(
    file: Annotated[Path, typer.Argument(help="The CSV or TXT file")],
    file_type: Annotated[str, typer.Option(help="The file type, e.g. cte or student-enrollment")],
    school_year: Annotated[str, typer.Option(help="The school year, e.g. 2020-2021")],
    organization: Annotated[int, typer.Option(help="The NEO organization ID that the file is for")],
    check_only: Annotated[bool, typer.Option("--check-only", help="Judge the file, load nothing")] = False,
    wait: Annotated[bool, typer.Option("--wait", help="Wait for the end and print the Result Log")] = False,
    url: Annotated[str, typer.Option(help="The address of the site", envvar="TIDEGATE_URL")] = "",
    token: Annotated[str, typer.Option(help="The token, better in the environment", envvar="TIDEGATE_TOKEN")] = "",
) -> None:
    """Send a file through the API. With --wait the exit status is that of `tidegate check`: 0, 1 findings, 2 refused.

    Address and token come from the options, the environment, or ~/.config/tidegate/submit.toml (url, token).
    """
    import httpx

    if not file.is_file():
        raise Refusal("There is no such file", fix="Check the path of the file", code="NO_FILE")
    url, token = _complete(url, token)
    form = {"file_type": file_type, "school_year": school_year, "organization": str(organization)}
    headers = {"Authorization": f"Bearer {token}"}
    try:
        with httpx.Client(base_url=url, headers=headers, timeout=60) as client, file.open("rb") as content:
            more = {"check_only": "true"} if check_only else {}
            sent = _read(client.post("/api/v1/uploads", data=form | more, files={"file": (file.name, content)}))
            typer.echo(f"Sent as upload {sent['id']}", err=True)
            if wait:
                raise typer.Exit(_wait(client, sent["id"]))
    except httpx.TransportError as fault:
        raise Refusal("The site does not answer", fix=f"Check the address {url}", code="NO_ANSWER") from fault


def _complete(url: str, token: str) -> tuple[str, str]:
    """Return address and token, from the config file where they are not given."""
    path = CONFIG.expanduser()
    config = tomllib.loads(path.read_text("utf-8")) if path.is_file() else {}
    url, token = url or config.get("url", ""), token or config.get("token", "")
    if not url or not token:
        raise Refusal("The address or the token is missing", fix="Set TIDEGATE_URL and TIDEGATE_TOKEN", code="NO_TOKEN")
    return url.rstrip("/"), token


def _read(response: "httpx.Response") -> dict[str, Any]:
    """Return what the API says; its problem details become a Refusal."""
    if response.is_success:
        answer: dict[str, Any] = response.json()
        return answer
    if not response.headers.get("Content-Type", "").startswith("application/problem+json"):
        raise Refusal(f"The site answers with status {response.status_code}", fix="Check the address", code="NO_ANSWER")
    problem = response.json()
    raise Refusal(problem["title"], fix=problem.get("detail", ""), code=problem["code"])


def _wait(client: "httpx.Client", upload_id: int) -> int:
    """Wait for the end with a sign of life, print the Result Log, and return the exit status."""
    from rich.console import Console

    with Console(stderr=True).status("Waiting for the upload to be processed"):
        while (upload := _read(client.get(f"/api/v1/uploads/{upload_id}")))["state"] in ("waiting", "processing"):
            time.sleep(_POLL_SECONDS)
    if upload["incident_id"]:
        fix = f"Nothing was loaded. Tell the help desk the incident ID {upload['incident_id']}"
        raise Refusal("The upload failed by a fault of the site", fix=fix, code="INCIDENT")
    if upload["state"] == "cancelled":
        raise Refusal("The upload was cancelled", fix="Nothing was loaded. Send the file again", code="CANCELLED")
    with client.stream("GET", f"/api/v1/uploads/{upload_id}/result-log") as log:
        for piece in log.iter_text():
            sys.stdout.write(piece)
    if upload["state"] == "failed":
        return 2
    counts = ("row_count", "success_count", "error_count")
    if upload["state"] == "on_hold":
        typer.echo("On hold: it would replace far more than usual, and a second person must release it", err=True)
    row, success, error = (upload[name] for name in counts)
    typer.echo(f"Row Count {row:,}   Success Count {success:,}   Error {error:,}", err=True)
    is_fine = upload["state"] == "finished" and not (error or upload["warning_count"] or upload["notice_count"])
    return int(not is_fine)
