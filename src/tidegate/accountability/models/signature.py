"""Who signed a snapshot, what they saw, and the certificate that came of it."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from tidegate.accountability.models.snapshot import Snapshot, SnapshotState


class SignatureKind(models.TextChoices):
    """What a signature says: the first certifies, the second approves. Each has the state that it leads to."""

    CERTIFIED = SnapshotState.CERTIFIED.value, SnapshotState.CERTIFIED.label
    APPROVED = SnapshotState.APPROVED.value, SnapshotState.APPROVED.label


class Signature(models.Model):
    """A person's word that a snapshot is right. It is written once and never changed.

    Attributes:
        snapshot: What was signed.
        kind: Whether it certifies or approves.
        by: Who signed.
        name: What the person was called.
        email: The person's e-mail address.
        role: The role's name in which the person signed.
        proof: How the person was known again: `password`, `code` or `provider`.
        proved_at: When.
        evidence: What the person was shown: counts, findings, and who sent nothing.
        at: When it was signed.
    """

    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="signatures", db_index=False)
    kind = models.CharField(max_length=10, choices=SignatureKind)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    name = models.CharField(max_length=200)
    email = models.CharField(max_length=254)
    role = models.CharField(max_length=100)
    proof = models.CharField(max_length=30)
    proved_at = models.DateTimeField()
    evidence = models.JSONField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["snapshot", "kind"], name="signature_once"),
            # The second line behind the program: the same person never signs twice.
            models.UniqueConstraint(fields=["snapshot", "by"], name="signature_by_two_people"),
        ]

    def __str__(self) -> str:
        return f"Signature {self.pk}"


class Certificate(models.Model):
    """The signed document of a snapshot that two people have signed. It is written once and never changed."""

    snapshot = models.OneToOneField(Snapshot, on_delete=models.PROTECT, related_name="certificate")
    document = models.JSONField()
    made_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"Certificate of snapshot {self.snapshot_id}"


class FrozenFinding(models.Model):
    """A frozen line that did not fit the rules when the snapshot was taken.

    `version_id` is the ID of the version that the line is a copy of. `identifier` is the ID of the line's organization,
    as people write it.
    """

    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="findings")
    file_type = models.CharField(max_length=100)
    version_id = models.BigIntegerField()
    code = models.CharField(max_length=10)
    identifier = models.CharField(max_length=100, blank=True)

    def __str__(self) -> str:
        return f"Frozen finding {self.pk}"
