"""`tidegate keep-point-in-time`: keeps what it takes to bring the embedded PostgreSQL back to any moment."""

import signal
import threading


def keep_point_in_time() -> None:
    """Keep base backups and the write-ahead log in TIDEGATE_BACKUP_DIR, until stopped.

    `tidegate serve` runs it where TIDEGATE_POINT_IN_TIME says so; `tidegate restore --until` uses what it has kept.
    """
    from tidegate.cli.setup import refuse_pending_migrations, set_up
    from tidegate.cli.supervise import end_with_supervisor
    from tidegate.core.errors import Refusal

    end_with_supervisor(signal.SIGTERM)
    set_up()
    refuse_pending_migrations()
    from django.conf import settings

    from tidegate.uploads.storage.point_in_time import keep_point_in_time as keep

    if not settings.TIDEGATE_BACKUP_DIR:
        raise Refusal("There is no folder for it", fix="Set TIDEGATE_BACKUP_DIR to a folder on another disk")
    must_stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: must_stop.set())
    keep(must_stop)
