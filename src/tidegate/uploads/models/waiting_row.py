"""A row of an upload that was not loaded, and may be loaded by itself when a line of another file arrives."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from tidegate.records.models import Student
from tidegate.uploads.models.upload import Upload


class WaitState(models.TextChoices):
    """Where a row is on its way: it may wait until somebody says that it does."""

    MAY = "may", "May wait"
    WAITING = "waiting", "Waiting"
    LOADED = "loaded", "Loaded"
    ENDED = "ended", "Waits no more"


class WaitEnd(models.TextChoices):
    """Why a row that was not loaded waits no more."""

    DAYS = "days", "What was missing did not arrive in time"
    NEWER = "newer", "A newer upload has the same lines"
    UNDONE = "undone", "The upload was undone"
    OTHER_ERROR = "error", "What was missing arrived, and the row has another error now"
    FILE_GONE = "file_gone", "The file of the upload is not kept any more"
    NO_RIGHT = "no_right", "The person who let it wait may not send files for the organization any more"


OPEN = (WaitState.MAY, WaitState.WAITING)
"""The states in which a row can still be loaded."""
NEVER_WAITED = Q(state=WaitState.ENDED, chosen_by=None)
"""Rows that nobody let wait, and whose lines a newer upload has: they are kept for an undo of that upload alone."""


class WaitingRow(models.Model):
    """A row whose only errors are such that may wait, from the time when its upload ended.

    What it says is in the upload's file, and goes with it. `unit` is a digest of what is replaced together: a newer
    upload with a row of the same unit takes its place. `by_upload` is the upload that loads it or, if it waits no more,
    the one that has taken its place.
    """

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="waiting_rows", db_index=False)
    row = models.IntegerField()
    student = models.ForeignKey(
        Student, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    unit = models.CharField(max_length=32)
    state = models.CharField(max_length=10)
    chosen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    since = models.DateTimeField(null=True)
    by_upload = models.ForeignKey(Upload, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    ended_at = models.DateTimeField(null=True)
    end = models.CharField(max_length=10, blank=True, default="", db_default="")

    class Meta:
        indexes = [
            models.Index(fields=["student"], condition=Q(state__in=OPEN), name="waiting_row_by_student"),
            models.Index(fields=["upload"], condition=Q(state=WaitState.WAITING), name="waiting_row_that_waits"),
            models.Index(fields=["by_upload"], condition=Q(by_upload__isnull=False), name="waiting_row_by_by_upload"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["upload", "row"], name="waiting_row_once"),
            models.CheckConstraint(condition=Q(state__in=WaitState.values), name="waiting_row_state_is_known"),
            models.CheckConstraint(
                condition=Q(state=WaitState.MAY)
                | Q(state=WaitState.ENDED, end=WaitEnd.NEWER)
                | Q(chosen_by__isnull=False, since__isnull=False),
                name="waiting_row_was_chosen",
            ),
            models.CheckConstraint(
                condition=Q(state=WaitState.ENDED, end__in=WaitEnd.values) | (~Q(state=WaitState.ENDED) & Q(end="")),
                name="waiting_row_end_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"Row {self.row} of upload {self.upload_id}"
