"""A change of a reference list: proposed with a preview, made, and perhaps undone."""

from django.db import models
from django.db.models.functions import Now

from tidegate.accounts.models import Person


class ListChangeAct(models.TextChoices):
    """What is done to a list."""

    IMPORT = "import", "Import of a file"
    ADD = "add", "Addition"
    END = "end", "End"
    RENAME = "rename", "Correction"
    MOVE = "move", "Move"
    CLOSE = "close", "Closing"
    REOPEN = "reopen", "Reopening"
    UNDO = "undo", "Undo"


class ListChange(models.Model):
    """One change of a list. `differences` has each row before and after, as `differences.py` writes it.

    It is only proposed while `made_at` is null. `sha256` is that of its differences, and `file_sha256` that of the file
    that was imported. No student is named in a list.
    """

    list_name = models.CharField(max_length=50)
    act = models.CharField(max_length=10, choices=ListChangeAct)
    file_name = models.CharField(max_length=255, blank=True, default="")
    file_sha256 = models.CharField(max_length=64, blank=True, default="")
    differences = models.JSONField(default=list)
    sha256 = models.CharField(max_length=64)
    missing_count = models.PositiveIntegerField(default=0)
    unchanged_count = models.PositiveIntegerField(default=0)
    proposed_at = models.DateTimeField(db_default=Now())
    proposed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    made_at = models.DateTimeField(null=True)
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    undoes = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="undone_by", db_index=False)

    class Meta:
        indexes = [models.Index(fields=["list_name", "-id"], name="list_change_by_list")]
        constraints = [
            models.UniqueConstraint(
                fields=["undoes"], condition=models.Q(made_at__isnull=False), name="list_change_undone_once"
            ),
            models.CheckConstraint(condition=models.Q(act__in=ListChangeAct.values), name="list_change_act_is_known"),
        ]
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"Change {self.pk} of {self.list_name}"

    @property
    def is_made(self) -> bool:
        """Whether it was carried out."""
        return self.made_at is not None
