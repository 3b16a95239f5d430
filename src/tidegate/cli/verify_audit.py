"""`tidegate verify-audit` and `tidegate audit-head`: whether somebody has changed the audit log."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tidegate.cli.named_paths import refuse_no_file

if TYPE_CHECKING:
    from tidegate.audit.verify import Verification

_EVENTS_PER_MESSAGE = 100_000


def verify_audit(
    head: Annotated[
        list[Path] | None, typer.Option(help="A signed head that was kept elsewhere; may be given several times")
    ] = None,
    key: Annotated[Path | None, typer.Option(help="The published key (PEM), where the heads were signed by it")] = None,
) -> None:
    """Make the chain of the audit log again and compare it with every head that is known.

    Exit status: 0 nothing was changed, 1 something was changed, removed or put in, 2 it cannot be looked at.
    """
    from tidegate.cli.setup import refuse_pending_migrations, set_up

    set_up()
    refuse_pending_migrations()
    from tidegate.audit.verify import verify
    from tidegate.uploads.receipts.audit_heads import known_heads, read_head
    from tidegate.uploads.receipts.receipt import published_key

    if key is not None:
        refuse_no_file(key, what="key")
    public_pem = key.read_text("ascii", "replace") if key is not None else published_key()
    named = [*known_heads(), *((f"The head {path}", read_head(path)) for path in head or [])]
    by_seal, unsigned = _by_seal(named, public_pem)
    found = verify(by_seal, look=_report_progress())
    _report(found, unsigned, head_count=len(named) - len(unsigned))
    raise typer.Exit(int(bool(found.error_count or unsigned)))


def audit_head() -> None:
    """Print the signed head of the audit log as it is now, to be kept where nobody of the site can change it."""
    from tidegate.cli.setup import refuse_pending_migrations, set_up

    set_up()
    refuse_pending_migrations()
    from tidegate.uploads.receipts.audit_heads import head_of_now, in_json

    typer.echo(in_json(head_of_now()), nl=False)


def _by_seal(named: list[tuple[str, Any]], public_pem: str) -> tuple[dict[int, list[tuple[str, str]]], list[str]]:
    """Return the heads by the number of their seal, and the names of those that the key has not signed."""
    from tidegate.uploads.receipts.audit_heads import seal_of

    by_seal: dict[int, list[tuple[str, str]]] = {}
    unsigned = []
    for name, document in named:
        seal = seal_of(document, public_pem)
        if seal is None:
            unsigned.append(name)
        else:
            by_seal.setdefault(seal[0], []).append((name, seal[1]))
    return by_seal, unsigned


def _report_progress() -> Callable[["Verification"], None]:
    """Return a function that prints how far the check is, now and then."""
    reported = 0

    def report(found: "Verification") -> None:
        nonlocal reported
        if found.event_count - reported >= _EVENTS_PER_MESSAGE:
            reported = found.event_count
            typer.echo(f"… {reported:,} events", err=True)

    return report


def _report(found: "Verification", unsigned: list[str], *, head_count: int) -> None:
    for name in unsigned:
        typer.secho(f"{name} was not signed with this key, or was changed since.", fg="red")
    for sentence in found.errors:
        typer.secho(f"{sentence}.", fg="red")
    if found.error_count > len(found.errors):
        typer.secho(f"{found.error_count - len(found.errors):,} faults more.", fg="red")
    typer.echo(f"{found.event_count:,} events in {found.seal_count:,} seals; the last one is {found.last_sha256}.")
    if found.unsealed_count:
        seconds = (datetime.now(UTC) - (found.unsealed_since or datetime.now(UTC))).total_seconds()
        since = f"the oldest is {seconds:,.0f} seconds old"
        typer.echo(
            f"Not sealed yet, so that a change of them would not show: {found.unsealed_count:,} events; {since}."
        )
    if not head_count:
        typer.secho("No head is known: nobody would notice if the whole chain was rewritten.", fg="yellow")
    elif not found.error_count and not unsigned:
        typer.secho(f"The audit log is as it was written, and fits {head_count:,} signed heads.", fg="green")
