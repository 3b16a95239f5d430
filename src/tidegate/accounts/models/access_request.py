"""A request for access: a person asks for a role, and somebody who manages people there answers."""

from django.db import models
from django.db.models import Q

from tidegate.accounts.models.person import Person
from tidegate.reference.models import Organization


class Answer(models.TextChoices):
    """What became of a request."""

    OPEN = "open", "Waits for an answer"
    GRANTED = "granted", "Granted"
    DECLINED = "declined", "Declined"


class AccessRequest(models.Model):
    """A request: who asks for which role where, why, and what was answered."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="access_requests", db_index=False)
    role = models.CharField(max_length=50)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+", db_index=False)
    reason = models.CharField(max_length=500)
    asked_at = models.DateTimeField()
    answer = models.CharField(max_length=10, choices=Answer, default=Answer.OPEN)
    answered_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    answered_at = models.DateTimeField(null=True)
    answer_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["organization"], condition=Q(answer=Answer.OPEN), name="access_request_open"),
            models.Index(fields=["person", "-id"], name="access_request_by_person"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "role", "organization"],
                condition=Q(answer=Answer.OPEN),
                name="access_request_open_once",
            ),
            models.CheckConstraint(condition=Q(answer__in=Answer.values), name="access_request_answer_is_known"),
        ]
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"Request {self.pk} of person {self.person_id}"
