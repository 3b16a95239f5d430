"""One file that was sent: who, when, for what, and what became of it."""

from django.conf import settings
from django.db import models

from tidegate.core.layouts.school_year import SchoolYear
from tidegate.file_types import FileType, find
from tidegate.reference.models import Organization
from tidegate.reference.models import SchoolYear as StoredSchoolYear


class State(models.TextChoices):
    """Where an upload is in its life."""

    WAITING = "waiting", "Waiting"
    PROCESSING = "processing", "Processing"
    FINISHED = "finished", "Finished"
    FAILED = "failed", "Failed"


MOVES: dict[State, frozenset[State]] = {
    State.WAITING: frozenset({State.PROCESSING, State.FAILED}),
    State.PROCESSING: frozenset({State.PROCESSING, State.FINISHED, State.FAILED}),  # again, after a killed worker
    State.FINISHED: frozenset(),
    State.FAILED: frozenset(),
}
"""The moves that are allowed. The documentation draws its diagram from here."""


class Upload(models.Model):
    """One file that was sent. Counts are null until it is finished; a failed one has a finding without a row, when the
    file could not be read, or an incident ID, when the fault is ours."""

    file_type = models.CharField(max_length=100)  # the slug; file types are found, not listed
    file_name = models.CharField(max_length=255)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="uploads")
    school_year = models.ForeignKey(StoredSchoolYear, on_delete=models.PROTECT, related_name="uploads")
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="uploads")
    sent_at = models.DateTimeField()
    state = models.CharField(max_length=20, default=State.WAITING)
    check_only = models.BooleanField(default=False)
    byte_count = models.BigIntegerField()
    sha256 = models.CharField(max_length=64, blank=True)
    stored_as = models.CharField(max_length=255, blank=True)
    row_count = models.IntegerField(null=True)
    success_count = models.IntegerField(null=True)
    error_count = models.IntegerField(null=True)
    warning_count = models.IntegerField(null=True)
    notice_count = models.IntegerField(null=True)
    added_count = models.IntegerField(null=True)
    replaced_count = models.IntegerField(null=True)
    unchanged_count = models.IntegerField(null=True)
    started_at = models.DateTimeField(null=True)
    try_count = models.SmallIntegerField(default=0)  # how often a worker has begun with it
    finished_at = models.DateTimeField(null=True)
    incident_id = models.CharField(max_length=40, blank=True)
    column_places = models.JSONField(default=dict)  # where in the file each column stands, from 0

    class Meta:
        indexes = [
            models.Index(fields=["organization", "school_year", "-sent_at"], name="upload_by_focus"),
            models.Index(fields=["school_year", "-sent_at"], name="upload_by_year"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(row_count=models.F("success_count") + models.F("error_count"))
                | models.Q(row_count__isnull=True),
                name="upload_counts_add_up",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in State]), name="upload_state_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"Upload {self.pk}"

    @property
    def kind(self) -> FileType:
        """The file type."""
        return find(self.file_type)

    @property
    def year(self) -> SchoolYear:
        """The school year, as the core knows it."""
        return SchoolYear(self.school_year.first)

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will happen to it."""
        return not MOVES[State(self.state)]

    def move_to(self, state: State) -> None:
        """Change the state, where the move is allowed; anything else is a fault of ours."""
        if state not in MOVES[State(self.state)]:
            raise AssertionError(f"Upload {self.pk} cannot move from {self.state} to {state}")
        self.state = state
