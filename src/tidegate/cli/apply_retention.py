"""`tidegate apply-retention`: deletes now what is older than the state keeps it; a worker does it every night."""

import typer


def apply_retention() -> None:
    """Delete the files and logs of uploads that are older than TIDEGATE_KEEP_FILES_DAYS and TIDEGATE_KEEP_LOGS_DAYS.

    With the logs go jobs of the queue that were given up, messages, Idempotency-Keys, and invitations and requests for
    access that are over.
    """
    from tidegate.cli.setup import refuse_pending_migrations, set_up

    set_up()
    refuse_pending_migrations()
    from tidegate.uploads.lifecycle.retention import apply_retention as apply

    deleted = apply()
    typer.echo(f"Files deleted: {deleted.file_count:,}   Logs deleted: {deleted.log_count:,}")
