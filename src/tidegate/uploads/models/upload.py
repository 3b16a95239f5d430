"""One file that was sent: who, when, for what, what was decided about it, and what became of it."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from tidegate.core.layouts.layout import Layout
from tidegate.core.layouts.mapping import mapped, still_good
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.file_types import FileType, find
from tidegate.reference.models import Organization
from tidegate.reference.models import SchoolYear as StoredSchoolYear


class State(models.TextChoices):
    """Where an upload is in its life."""

    WAITING = "waiting", "Waiting"
    PROCESSING = "processing", "Processing"
    ON_HOLD = "on_hold", "On hold"
    FINISHED = "finished", "Finished"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"
    UNDONE = "undone", "Undone"


MOVES: dict[State, frozenset[State]] = {
    State.WAITING: frozenset({State.PROCESSING, State.FAILED, State.CANCELLED}),
    State.PROCESSING: frozenset(  # from itself to itself after a killed worker
        {State.PROCESSING, State.FINISHED, State.FAILED, State.ON_HOLD, State.CANCELLED}
    ),
    State.ON_HOLD: frozenset({State.WAITING, State.CANCELLED}),
    State.FINISHED: frozenset({State.UNDONE}),
    State.FAILED: frozenset(),
    State.CANCELLED: frozenset(),
    State.UNDONE: frozenset(),
}
"""The moves that are allowed. The documentation draws its diagram from here."""


_COUNTS = (
    "row_count", "success_count", "error_count", "warning_count", "notice_count",
    "added_count", "replaced_count", "withdrawn_count", "unchanged_count", "replaced_percent", "missing_count",
    "of_others_count", "held_count",
)  # fmt: skip


class Missing(models.TextChoices):
    """What becomes of lines on file that the file leaves out; blank is no choice."""

    KEEP = "keep", "Keep the stored lines"
    WITHDRAW = "withdraw", "Withdraw the stored lines"


class Upload(models.Model):
    """One file that was sent, or lines that are to be withdrawn without one. Counts are null until it is finished; a
    failed one has a finding without a row, when the file could not be read, or an incident ID, when the error is
    ours."""

    file_type = models.CharField(max_length=100)  # the slug; file types are found, not listed
    file_name = models.CharField(max_length=255)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="uploads")
    school_year = models.ForeignKey(StoredSchoolYear, on_delete=models.PROTECT, related_name="uploads")
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="uploads", db_index=False
    )
    sent_at = models.DateTimeField()
    state = models.CharField(max_length=20, default=State.WAITING)
    check_only = models.BooleanField(default=False)
    # What the sender says about lines on file that the file leaves out.
    missing = models.CharField(max_length=10, choices=Missing, blank=True, db_default="", default="")
    missing_rows = models.JSONField(null=True)  # the choice is for the groups of these rows; null is for all
    missing_of_groups = models.BooleanField(default=False, db_default=False)  # it was chosen after a check
    complete = models.BooleanField(default=False, db_default=False)
    is_fix_file = models.BooleanField(default=False, db_default=False)  # known once it is checked
    let_wait = models.BooleanField(default=False, db_default=False)  # rows that may wait do, without another word
    follows = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="followers")
    # The upload without an error whose file put right what this one left out; see mark_corrected.py.
    corrected_by = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    nothing_for = models.ForeignKey(  # the school for which there is nothing to report
        Organization, on_delete=models.PROTECT, null=True, related_name="+"
    )
    reason = models.TextField(blank=True, default="", db_default="")
    plan_sha256 = models.CharField(max_length=64, blank=True, default="", db_default="")
    expected_plan_sha256 = models.CharField(max_length=64, blank=True, default="", db_default="")
    released_plan_sha256 = models.CharField(max_length=64, blank=True, default="", db_default="")
    released_changes = models.JSONField(null=True)  # the counts of the plan that was released from hold
    byte_count = models.BigIntegerField()
    sha256 = models.CharField(max_length=64, blank=True)
    stored_as = models.CharField(max_length=255, blank=True)
    row_count = models.IntegerField(null=True)
    success_count = models.IntegerField(null=True)
    error_count = models.IntegerField(null=True)
    held_count = models.IntegerField(null=True)  # of error_count, how many the state has to decide about
    warning_count = models.IntegerField(null=True)
    notice_count = models.IntegerField(null=True)
    added_count = models.IntegerField(null=True)
    replaced_count = models.IntegerField(null=True)
    withdrawn_count = models.IntegerField(null=True)  # of those replaced, how many without another in their place
    unchanged_count = models.IntegerField(null=True)
    missing_count = models.IntegerField(null=True)  # lines that the file leaves out, and that stay
    of_others_count = models.IntegerField(null=True)  # more of them, that another organization has sent
    schools_left_out = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    replaced_percent = models.SmallIntegerField(null=True)  # of the organization's records of this file type before it
    started_at = models.DateTimeField(null=True)
    try_count = models.SmallIntegerField(default=0)  # how often a worker has begun with it
    finished_at = models.DateTimeField(null=True)
    incident_id = models.CharField(max_length=40, blank=True)
    log_deleted_at = models.DateTimeField(null=True)  # findings and answer lines, by the state's policy
    column_places = models.JSONField(default=dict)  # the position of each column in the file, from 0
    mapping = models.JSONField(null=True)  # by which its columns are matched; null or empty is by their names alone

    # What a page notes of those that it shows.
    undecided_count: int | None = None  # of held_count, about how many the state has not decided yet
    waiting_count: int = 0  # of error_count, how many rows wait, as `waits.note_waits` has found
    waits_are_noted: bool = False
    has_no: frozenset[str] = frozenset()  # what `related_rows.note_absent_parts` has found nothing of
    loaded_later_count: int = 0  # of those that waited, how many were loaded
    waited_in_vain_count: int = 0
    expected_end: datetime | None = None

    class Meta:
        indexes = [
            models.Index(fields=["organization", "school_year", "-sent_at"], name="upload_by_focus"),
            models.Index(fields=["school_year", "-sent_at"], name="upload_by_year"),
            models.Index(fields=["school_year", "file_type", "-sent_at"], name="upload_by_file_type"),
            models.Index(fields=["sent_by", "-sent_at"], name="upload_by_sender"),
            models.Index(fields=["state", "sent_at"], name="upload_by_state"),
            models.Index(fields=["finished_at"], name="upload_by_end"),
            models.Index(fields=["organization", "sha256"], name="upload_by_content"),
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
    def type(self) -> FileType:
        """The file type that the slug `file_type` names."""
        return find(self.file_type)

    @property
    def layout(self) -> Layout:
        """The layout of its file type, of all years, with what its mapping says of it."""
        layout = self.type.layout
        return mapped(layout, still_good(self.mapping, layout)) if self.mapping else layout

    @property
    def year(self) -> SchoolYear:
        """The school year, as the core knows it."""
        return SchoolYear(self.school_year.first)

    @property
    def is_file(self) -> bool:
        """Whether it has a file to be checked; without one it only withdraws lines."""
        return bool(self.stored_as)

    @property
    def is_whole(self) -> bool:
        """Whether its file is everything that the organization has at the schools that it names. A fix file never is,
        whatever was said: only what it corrects may be."""
        return self.complete and not self.is_fix_file

    @property
    def is_withdrawal(self) -> bool:
        """Whether it has withdrawn lines, or would, and never had a file."""
        return not self.sha256 and self.withdrawn_count is not None

    @property
    def changes(self) -> dict[str, int] | None:
        """How many lines are new, changed, unchanged and withdrawn, or would be; None until that is planned."""
        if self.unchanged_count is None or self.added_count is None or self.replaced_count is None:
            return None
        withdrawn = self.withdrawn_count or 0
        changed = self.replaced_count - withdrawn
        return {
            "new": self.added_count - changed,
            "changed": changed,
            "unchanged": self.unchanged_count,
            "withdrawn": withdrawn,
        }

    @property
    def plan_has_moved(self) -> bool:
        """Whether what is on file has changed since the check whose plan was to be loaded: nothing was loaded."""
        return bool(self.plan_sha256 and self.expected_plan_sha256 and self.plan_sha256 != self.expected_plan_sha256)

    @property
    def is_released(self) -> bool:
        """Whether somebody has released from hold what the present plan does. A release of before there were plans is
        of whatever the file does."""
        is_as_released = self.released_plan_sha256 in ("", self.plan_sha256)
        return is_as_released and self.decisions.filter(act=Act.RELEASE).exists()

    @property
    def is_held_again(self) -> bool:
        """Whether it is on hold although it was released: what is on file has changed since, and the plan with it."""
        return bool(self.state == State.ON_HOLD and self.released_plan_sha256)

    @property
    def changes_seen(self) -> dict[str, int] | None:
        """The counts of the plan that a person has seen, where the present one is another: that of the check which was
        to be loaded, or the one that was released from hold."""
        if self.is_held_again:
            seen: dict[str, int] | None = self.released_changes
            return seen
        return self.follows.changes if self.plan_has_moved and self.follows else None

    @property
    def is_busy(self) -> bool:
        """Whether it waits for a worker or has one. Otherwise nothing more happens to it unless a person acts."""
        return self.state in (State.WAITING, State.PROCESSING)

    @property
    def is_corrected_later(self) -> bool:
        """Whether a later upload, which still counts, put right all that this one left out."""
        return self.corrected_by is not None and self.corrected_by.state == State.FINISHED

    @property
    def error_count_to_fix(self) -> int:
        """How many of its rows its sender has to put right: none that is held for the state, was put right since or,
        where that was noted, waits or was loaded after it had waited."""
        if self.is_corrected_later:
            return 0
        settled = (self.held_count or 0) + self.waiting_count + self.loaded_later_count
        return max((self.error_count or 0) - settled, 0)

    @property
    def has_log(self) -> bool:
        """Whether it was checked and its Result Log is still kept."""
        return not (self.is_busy or self.incident_id or self.log_deleted_at or self.state == State.CANCELLED)

    def delete_check(self) -> None:
        """Take back what was counted and found, since the file is checked again or not at all."""
        self.findings.all().delete()
        self.finding_counts.all().delete()
        self.causes.all().delete()
        self.plan_slices.all().delete()
        for name in _COUNTS:
            setattr(self, name, None)

    def move_to(self, state: State) -> None:
        """Change the state, where the move is allowed; anything else is an error of ours."""
        if state not in MOVES[State(self.state)]:
            raise AssertionError(f"Upload {self.pk} cannot move from {self.state} to {state}")
        self.state = state


class Act(models.TextChoices):
    """What can be decided, each once for an upload."""

    CANCEL = "cancel", "Cancelled"
    RELEASE = "release", "Released"
    UNDO = "undo", "Undone"


class Decision(models.Model):
    """Who decided it, and when. A worker that has the upload in hand looks here whether it is to stop."""

    upload = models.ForeignKey(Upload, on_delete=models.PROTECT, related_name="decisions")
    act = models.CharField(max_length=10, choices=Act)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["upload", "act"], name="decision_once"),
            models.CheckConstraint(condition=models.Q(act__in=Act.values), name="decision_act_is_known"),
        ]
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"Decision {self.pk}"


class Step(models.TextChoices):
    """What a worker does with an upload, in this order."""

    READING = "reading", "Reading the file"
    CHECKING = "judging", "Checking the rows"
    LOADING = "loading", "Loading the good rows"
    LOGGING = "logging", "Writing the Result Log"


PERCENT = {Step.READING: 0, Step.CHECKING: 15, Step.LOADING: 50, Step.LOGGING: 90}
"""How much of the time has gone by when a step begins, of a file of a million rows on two cores."""


class Progress(models.Model):
    """How far a worker is; only of an upload that takes longer than a moment, and only until it ends.

    A worker writes it outside of the transaction in which it has locked the upload, so there is no foreign key.
    """

    upload = models.OneToOneField(
        Upload, on_delete=models.CASCADE, primary_key=True, related_name="progress", db_constraint=False
    )
    step = models.CharField(max_length=10, choices=Step)
    row_count = models.IntegerField(null=True)  # once the file has been read

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(step__in=Step.values), name="progress_step_is_known"),
        ]

    def __str__(self) -> str:
        return f"Progress of upload {self.pk}"

    @property
    def percent(self) -> int:
        """How much of the time has gone by, about, from 0 to 100."""
        return PERCENT[Step(self.step)]

    @property
    def number(self) -> int:
        """The position of the step, from 1."""
        return list(Step).index(Step(self.step)) + 1

    @property
    def step_count(self) -> int:
        """How many steps there are."""
        return len(Step)


class Receipt(models.Model):
    """A signed receipt. It has no foreign keys, so that it stays when the upload's file and findings are gone."""

    upload_id = models.BigIntegerField(unique=True)
    document = models.JSONField()

    def __str__(self) -> str:
        return f"Receipt of upload {self.upload_id}"
