"""`tidegate state-hash`: one number for everything that the records say, to compare two states by."""

from typing import Annotated

import typer


def state_hash(
    whole: Annotated[
        bool, typer.Option("--whole", help="Everything that is kept: history, uploads, people, audit log")
    ] = False,
) -> None:
    """Print a SHA-256 of what the records say now: the same before an upload and after it was undone."""
    from tidegate.cli.setup import refuse_pending_migrations, set_up

    set_up()
    refuse_pending_migrations()
    from tidegate.records.state_hash import state_hash as hash_of_records
    from tidegate.records.state_hash import whole_hash

    typer.echo(whole_hash() if whole else hash_of_records())
