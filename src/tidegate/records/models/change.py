"""A change: what writes versions of records."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from tidegate.reference.models import Organization, SchoolYear


class ChangeKind(models.TextChoices):
    """What kind of change it is."""

    UPLOAD = "upload", "Upload"
    BY_HAND = "by hand", "Correction by hand"
    IMPORT = "import", "Import of the state's lists"
    UNDO = "undo", "Undo"


class Change(models.Model):
    """One act that wrote versions: an upload, a correction by hand, an import of the state's lists, or an undo.

    Versions name it in `began_with` and `ended_with`. An upload's change has the ID of the upload; all others take the
    next number of the same sequence. The database adds the row of an upload by itself, so that every upload has one,
    also one that the release before took.

    Attributes:
        organization: For whom it was made; null is the state.
        school_year: The school year of the records; null is all.
        made_by: Who made it; null is the operator at the command line.
        at: When it was made: an upload when it was sent. An undo's is the time in `restored_at` of what it restored.
        reason: Why, in the person's own words.
        file_type: The slug of the file type, blank where it has none.
        undoes: The ID of the change that an undo takes back, in whole or in part.
    """

    id = models.BigIntegerField(primary_key=True)
    kind = models.CharField(max_length=10, choices=ChangeKind)
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    school_year = models.ForeignKey(SchoolYear, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    at = models.DateTimeField()
    reason = models.CharField(max_length=500, blank=True)
    file_type = models.CharField(max_length=100, blank=True)
    undoes = models.BigIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["undoes"], condition=Q(undoes__isnull=False), name="change_undoes"),
            models.Index(fields=["at"], condition=Q(undoes__isnull=False), name="change_undone_at"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=ChangeKind.values), name="change_kind_is_known"),
            models.CheckConstraint(
                condition=Q(kind=ChangeKind.UNDO, undoes__isnull=False)
                | (~Q(kind=ChangeKind.UNDO) & Q(undoes__isnull=True)),
                name="change_undoes_another",
            ),
            models.CheckConstraint(
                condition=~Q(kind=ChangeKind.BY_HAND) | ~Q(reason=""), name="change_by_hand_has_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"Change {self.pk}"
