"""`tidegate verify-receipt`: checks a receipt or certificate by the published key, with no database or network."""

import hashlib
import json
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from tidegate.cli.named_paths import refuse_no_file
from tidegate.core.errors import Refusal

_PDF = b"%PDF-"


def verify_receipt(
    receipt: Annotated[Path, typer.Argument(help="The receipt or certificate, as it was downloaded")],
    key: Annotated[Path, typer.Option(help="The published key (PEM)")],
    file: Annotated[Path | None, typer.Option(help="Also check that this is the file that was sent")] = None,
) -> None:
    """Check a receipt, or a certificate as JSON or PDF. Exit status: 0 it is genuine, 1 it is not, 2 it cannot be
    checked."""
    content, public_pem = _read(receipt), _read(key).decode("ascii", "replace")
    if content.startswith(_PDF):
        _verify_pdf(content, public_pem)
    else:
        document = _read_document(content)
        if "certificate" in document:
            _verify_certificate(content, public_pem)
        else:
            _verify_receipt(document, public_pem, file)


def _verify_pdf(content: bytes, public_pem: str) -> None:
    from tidegate.uploads.receipts.signed_files import is_file_signed

    if not is_file_signed(content, public_pem):
        _say_not_genuine("certificate")
    typer.secho("The certificate is genuine: no byte of it was altered.", fg="green")


def _verify_certificate(content: bytes, public_pem: str) -> None:
    from tidegate.uploads.receipts.signed_files import CERTIFICATE, content_of_document

    said = content_of_document(content, CERTIFICATE, public_pem)
    if said is None:
        _say_not_genuine("certificate")
    typer.secho("The certificate is genuine.", fg="green")
    _show(said)


def _verify_receipt(document: dict[str, Any], public_pem: str, file: Path | None) -> None:
    from tidegate.uploads.receipts.signing import is_signed

    if not is_signed(document, public_pem):
        _say_not_genuine("receipt")
    said: dict[str, Any] = document["receipt"]
    if file is not None and hashlib.sha256(_read(file)).hexdigest() != said["file_sha256"]:
        typer.secho("The receipt is genuine, but it is another file's.", fg="red")
        raise typer.Exit(1)
    typer.secho("The receipt is genuine.", fg="green")
    _show(said)


def _say_not_genuine(what: str) -> NoReturn:
    typer.secho(f"The {what} was not signed with this key, or was changed since.", fg="red")
    raise typer.Exit(1)


def _show(said: dict[str, Any]) -> None:
    for name, value in said.items():
        typer.echo(f"  {name}: {value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}")


def _read_document(content: bytes) -> dict[str, Any]:
    try:
        document = json.loads(content)
    except ValueError as error:
        raise _no_receipt() from error
    named = document if isinstance(document, dict) else {}
    if not any(isinstance(named.get(name), dict) for name in ("receipt", "certificate")):
        raise _no_receipt()
    return named


def _no_receipt() -> Refusal:
    return Refusal("This is no receipt and no certificate", fix="Download it again", code="NO_RECEIPT")


def _read(path: Path) -> bytes:
    refuse_no_file(path)
    return path.read_bytes()
