"""Processes an upload: reads, judges and loads it in one transaction; everything appears together or not at all."""

import logging
import uuid

import polars as pl
from django.db import IntegrityError, InterfaceError, OperationalError, transaction
from django.utils import timezone

from tidegate.audit.record import record_event
from tidegate.core.checking import Checked, Focus, check
from tidegate.file_types import find_all
from tidegate.records.stored import DatabaseTables
from tidegate.uploads.keep_findings import keep_findings
from tidegate.uploads.load_rows import Loaded, load_rows
from tidegate.uploads.models import State, Upload
from tidegate.uploads.store import path_of

log = logging.getLogger(__name__)
_TRIES = 3


def process(*, upload_id: int) -> None:
    """Bring a waiting upload to its end; one that has ended already is left alone.

    A fault of ours ends it as failed, with an incident ID. When the database goes away the error is passed on, since
    the queue will take the upload up again.
    """
    if not _begin(upload_id):
        return
    for attempt in range(1, _TRIES + 1):
        try:
            _finish(upload_id)
        except (OperationalError, InterfaceError):
            raise
        except IntegrityError:  # another upload came in between; judged again, its record is seen and named
            if attempt == _TRIES:
                _fail(upload_id)
        except Exception:  # noqa: BLE001 - whatever it is, it is ours
            _fail(upload_id)
            return
        else:
            return


def _begin(upload_id: int) -> bool:
    """Say that the upload is being processed, for all to see. False where it has ended."""
    with transaction.atomic():
        upload = Upload.objects.select_for_update().get(pk=upload_id)
        if upload.has_ended:
            return False
        upload.move_to(State.PROCESSING)
        upload.started_at = timezone.now()
        upload.save(update_fields=["state", "started_at"])
    return True


@transaction.atomic
def _finish(upload_id: int) -> None:
    upload = (
        Upload.objects.select_for_update(of=("self",)).select_related("school_year", "organization").get(pk=upload_id)
    )
    if upload.has_ended:
        return  # a worker that was thought dead has done it
    kind = upload.kind
    checked = check(
        path_of(upload.stored_as),
        kind.layout,
        kind.rules,
        focus=Focus(upload.year, upload.organization.pk, upload.organization.name),
        tables=DatabaseTables(is_locking=True),
        others=[other.layout.in_year(upload.year) for other in find_all().values()],
    )
    loaded = load_rows(upload, checked)
    keep_findings(upload, checked.findings)
    _count(upload, checked, loaded)
    upload.save()
    record_event(
        f"upload.{upload.state}",
        by=None,
        organization=upload.organization,
        school_year=upload.school_year,
        subject=upload,
    )


def _count(upload: Upload, checked: Checked, loaded: Loaded) -> None:
    """Note what became of the upload. A file that could not be read has no counts: nothing of it was judged."""
    upload.move_to(State.FAILED if checked.is_refused else State.FINISHED)
    upload.finished_at = timezone.now()
    if checked.is_refused:
        return
    upload.row_count, upload.success_count = checked.row_count, checked.success_count
    upload.error_count = checked.error_count
    upload.warning_count = checked.findings.filter(pl.col("severity") == "warning").height
    upload.notice_count = checked.findings.filter(pl.col("severity") == "notice").height
    upload.added_count, upload.replaced_count = loaded.added_count, loaded.replaced_count
    upload.unchanged_count = loaded.unchanged_count


def _fail(upload_id: int) -> None:
    """End the upload as failed by our own fault. The log has the place in the code, never a value from the file."""
    incident_id = uuid.uuid4().hex[:12]
    _log_incident(upload_id, incident_id)
    with transaction.atomic():
        upload = Upload.objects.select_for_update().get(pk=upload_id)
        upload.move_to(State.FAILED)
        upload.incident_id, upload.finished_at = incident_id, timezone.now()
        upload.save(update_fields=["state", "incident_id", "finished_at"])
        record_event("upload.failed", by=None, subject=upload, incident_id=incident_id)


def _log_incident(upload_id: int, incident_id: str) -> None:
    import sys

    kind, _, trace = sys.exc_info()
    places = []
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{code.co_filename.rpartition('/')[2]}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    name = kind.__name__ if kind else "?"
    log.error("Incident %s: upload %s failed with %s at %s", incident_id, upload_id, name, " < ".join(reversed(places)))
