"""Where a sender is with a file type in a school year, kept so that thirteen thousand senders are one short list."""

from django.db import models

from tidegate.reference.models import Organization, SchoolYear
from tidegate.uploads.models.upload import Upload


class Standing(models.TextChoices):
    """What the last file of a sender says."""

    NONE = "none", "Nothing sent"
    NOTHING = "nothing", "Nothing to report"
    ERRORS = "errors", "Errors"
    CLEAN = "clean", "Clean"


WITH_A_FILE = [standing.value for standing in Standing if standing != Standing.NONE]
"""Every standing of a sender that has sent something."""


class LastFile(models.Model):
    """The last file that a sender has loaded, or tried to, or its word that there is nothing to report.

    A trigger writes it whenever an upload ends, is undone or corrected (decision 59). The sender is a district, with
    its schools, or a technical school. Checks, withdrawals, failures on our side, and files of a school that has said
    since that there is nothing to report do not count.

    Attributes:
        organization: The sender.
        upload: What the standing is of: the last file that has rows to correct, else the last file, else the word that
            there is nothing to report; None where all of them were undone.
        sent_at: When the last file was sent, or there was nothing to report.
        row_count: How many rows the last files have, of the sender and each of its schools.
        error_count: How many rows are still to be corrected.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+", db_index=False)
    school_year = models.ForeignKey(SchoolYear, on_delete=models.PROTECT, related_name="+", db_index=False)
    file_type = models.CharField(max_length=100)
    upload = models.ForeignKey(Upload, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    sent_at = models.DateTimeField(null=True)
    standing = models.CharField(max_length=10, choices=Standing, default=Standing.NONE, db_default=Standing.NONE)
    row_count = models.IntegerField(default=0, db_default=0)
    error_count = models.IntegerField(default=0, db_default=0)

    class Meta:
        indexes = [
            models.Index(fields=["organization", "school_year"], name="last_file_by_sender"),
            # All that the sums of every sender ask for, in order, and who has sent lately.
            models.Index(
                fields=["school_year", "organization"],
                include=["file_type", "sent_at", "row_count", "error_count"],
                name="last_file_sums_of_sender",
            ),
            models.Index(
                fields=["school_year", "sent_at"], include=["organization", "file_type"], name="last_file_by_time"
            ),
            # The counts of a year. It has a condition so that the database takes it for nothing else.
            models.Index(
                fields=["school_year", "file_type", "standing"],
                condition=models.Q(standing__in=WITH_A_FILE),
                name="last_file_by_standing",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["school_year", "file_type", "organization"],
                include=["standing"],  # all that the counts of a year ask for
                name="last_file_once",
            ),
            models.CheckConstraint(
                condition=models.Q(standing__in=Standing.values), name="last_file_standing_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"Last file {self.pk}"
