"""`tidegate verify-receipt`: checks a receipt with the published key, with no database and no network."""

import hashlib
import json
from pathlib import Path
from typing import Annotated, Any

import typer

from tidegate.core.errors import Refusal


def verify_receipt(
    receipt: Annotated[Path, typer.Argument(help="The receipt, as it was downloaded")],
    key: Annotated[Path, typer.Option(help="The published key (PEM)")],
    file: Annotated[Path | None, typer.Option(help="Also check that this is the file that was sent")] = None,
) -> None:
    """Check a receipt. Exit status: 0 it is genuine, 1 it is not, 2 it cannot be checked."""
    from tidegate.uploads.receipts.signing import is_signed

    document = _read_document(receipt)
    if not is_signed(document, _read(key).decode("ascii", "replace")):
        typer.secho("The receipt was not signed with this key, or was changed since.", fg="red")
        raise typer.Exit(1)
    said: dict[str, Any] = document["receipt"]
    if file is not None and hashlib.sha256(_read(file)).hexdigest() != said["file_sha256"]:
        typer.secho("The receipt is genuine, but it is another file's.", fg="red")
        raise typer.Exit(1)
    typer.secho("The receipt is genuine.", fg="green")
    for name, value in said.items():
        typer.echo(f"  {name}: {value}")


def _read_document(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(_read(path))
    except ValueError as error:
        raise Refusal("This is no receipt", fix="Download the receipt again", code="NO_RECEIPT") from error
    if not isinstance(document, dict) or not isinstance(document.get("receipt"), dict):
        raise Refusal("This is no receipt", fix="Download the receipt again", code="NO_RECEIPT")
    return document


def _read(path: Path) -> bytes:
    if not path.is_file():
        raise Refusal("There is no such file", fix="Check the path of the file", code="NO_FILE")
    return path.read_bytes()
