"""`tidegate new-store-key`: makes a key for the encryption of uploaded files."""

import typer


def new_store_key() -> None:
    """Print a new key for TIDEGATE_STORE_KEY. Whoever has it can read the uploaded files; without it nobody can."""
    from tidegate.uploads.storage.store import new_key

    typer.echo(new_key())
