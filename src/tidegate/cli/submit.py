"""`tidegate submit`: sends a file through the API, from any machine."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from tidegate.cli.named_paths import refuse_no_file
from tidegate.core.errors import Refusal

Check = Annotated[bool, typer.Option("--check-only", help="Check the file, load nothing")]
MissingChoice = Annotated[
    str,
    typer.Option(
        help="Where the file has fewer lines of a group than are on file: keep those on file and add the new ones, or "
        "withdraw them; without it the new lines are not loaded"
    ),
]
Complete = Annotated[
    bool,
    typer.Option(
        "--complete",
        help="The file is everything that the organization has at the schools that it names; with --missing withdraw "
        "what it leaves out is withdrawn",
    ),
]
MappingFile = Annotated[
    Path | None, typer.Option(help="A TOML or JSON file that says which column of yours is which of the file type")
]
LetWait = Annotated[
    bool,
    typer.Option(
        "--let-wait",
        help="Let rows wait whose only error is a missing line of another file, such as an enrollment, where the file "
        "type lets them: they are loaded by themselves when it arrives",
    ),
]
FileTypeName = Annotated[str, typer.Option(help="The file type, by the name of its folder with hyphens")]
YearName = Annotated[str, typer.Option(help="The school year, e.g. 2020-2021")]
OrganizationId = Annotated[str, typer.Option(help="The organization ID that the file is for")]
Url = Annotated[str, typer.Option(help="The address of the site", envvar="TIDEGATE_URL")]
TokenText = Annotated[str, typer.Option(help="The token, better in the environment", envvar="TIDEGATE_TOKEN")]


def refuse_unknown_choice(missing: str) -> None:
    """Refuse a choice that there is not."""
    if missing not in ("", "keep", "withdraw"):
        raise Refusal("There is no such choice", fix="Say --missing keep or --missing withdraw", code="MISSING")


def submit(
    file: Annotated[Path, typer.Argument(help="The CSV or TXT file")],
    file_type: FileTypeName,
    school_year: YearName,
    organization: OrganizationId,
    check_only: Check = False,
    missing: MissingChoice = "",
    complete: Complete = False,
    mapping: MappingFile = None,
    let_wait: LetWait = False,
    wait: Annotated[bool, typer.Option("--wait", help="Wait for the end and print the Result Log")] = False,
    url: Url = "",
    token: TokenText = "",
) -> None:
    """Send a file through the API.

    With --wait the exit status is that of `tidegate check`: 0 nothing to fix, 1 errors or warnings, 2 refused;
    and 1 where the upload is on hold. Then no Result Log is printed, but where a second person releases it.

    Address and token come from the options, the environment, or ~/.config/tidegate/submit.toml (url, token).
    """
    from tidegate.cli.api_client import ApiClient, File
    from tidegate.core.layouts.mapping import read_said

    refuse_unknown_choice(missing)
    refuse_no_file(file)
    matched = "" if mapping is None else json.dumps(read_said(mapping))
    with ApiClient(url, token) as client:
        sent = File(file, file_type, school_year, organization, check_only, missing, complete, matched, let_wait)
        upload_id = client.send(sent).upload_id
        typer.echo(f"Sent as upload {upload_id}", err=True)
        if not wait:
            return
        upload = client.wait(upload_id)
        # The log of an upload on hold says that all went well, and nothing was loaded.
        for piece in () if upload.is_on_hold else client.result_log(upload_id):
            sys.stdout.write(piece)
    typer.echo(upload.sentence, err=True)
    raise typer.Exit(upload.exit_code)
