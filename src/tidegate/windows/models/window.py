"""The days in which files of a type are collected for a school year."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from tidegate.reference.models import Organization, SchoolYear


class WindowState(models.TextChoices):
    """What a window says about a day."""

    NOT_OPEN = "not_open", "Not open yet"
    OPEN = "open", "Open"
    OVERDUE = "overdue", "Past due"
    CLOSED = "closed", "Closed"


class CollectionWindow(models.Model):
    """When files of a type may be sent for a school year: by everybody, or by one organization, whose own window goes
    before that of everybody.

    All three days are included, in the state's time zone. A row is never changed: another setting ends it, so that one
    can go back to it.
    """

    file_type = models.CharField(max_length=100)
    school_year = models.ForeignKey(SchoolYear, on_delete=models.PROTECT, related_name="windows", db_index=False)
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, related_name="windows", db_index=False
    )
    opens = models.DateField()
    due = models.DateField()
    closes = models.DateField()
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    set_at = models.DateTimeField(db_default=Now())
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["school_year", "file_type", "organization"],
                condition=Q(ended_at=None),
                nulls_distinct=False,
                name="window_current_once",
            ),
            models.CheckConstraint(
                condition=Q(opens__lte=F("due"), due__lte=F("closes")), name="window_days_are_in_order"
            ),
        ]
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"Window {self.pk}"

    def state_on(self, day: date) -> WindowState:
        """Return what the window says about a day."""
        if day < self.opens:
            return WindowState.NOT_OPEN
        if day > self.closes:
            return WindowState.CLOSED
        return WindowState.OVERDUE if day > self.due else WindowState.OPEN
