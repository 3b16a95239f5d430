"""A request for a new state student number, and the lines of the answer file that say what became of it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from tidegate.records.models.student import Student


class Outcome(models.TextChoices):
    """What became of a request."""

    CREATED = "created", "Created"
    HELD = "held", "Held"
    SAME_PERSON = "same person", "Same person"
    DIFFERENT_PERSON = "different person", "Different person"


DECIDED = (Outcome.SAME_PERSON, Outcome.DIFFERENT_PERSON)
"""The outcomes that a person has decided."""


class NumberRequest(models.Model):
    """What a district asked a number for, once: asking again finds this row by its key and gets the same number.

    `asked_by` is the ID of the upload that asked first; no foreign key, as with every record. `student` is null while
    the request is held, because somebody of these names and birth date is known. `taken_back_number` is the new number
    that a decision gave and its undo took back: it is nobody else's, and given again if the decision is made again.
    """

    request_key = models.TextField()
    sau_id = models.IntegerField()
    school_student_id = models.CharField(max_length=10, blank=True)
    last_name = models.CharField(max_length=100)
    first_name = models.CharField(max_length=100)
    middle_name = models.CharField(max_length=100, blank=True)
    suffix = models.CharField(max_length=10, blank=True)
    date_of_birth = models.DateField()
    gender = models.CharField(max_length=1)
    grade_level = models.CharField(max_length=2)
    outcome = models.CharField(max_length=20)
    student = models.ForeignKey(Student, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    asked_by = models.BigIntegerField()
    asked_at = models.DateTimeField(db_default=Now())
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    taken_back_number = models.TextField(blank=True, default="", db_default="")

    class Meta:
        indexes = [
            models.Index(fields=["id"], condition=Q(outcome=Outcome.HELD), name="number_requests_held"),
            models.Index(
                fields=["resolved_at", "id"], condition=Q(outcome__in=DECIDED), name="number_requests_decided"
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["request_key"], name="number_request_once"),
            models.CheckConstraint(
                condition=Q(outcome=Outcome.HELD, student=None) | (~Q(outcome=Outcome.HELD) & Q(student__isnull=False)),
                name="number_request_has_a_number_unless_held",
            ),
            models.CheckConstraint(condition=Q(outcome__in=Outcome.values), name="number_request_outcome_is_known"),
        ]

    def __str__(self) -> str:
        return f"Number request {self.pk}"


HELD = "Held"
"""The result of a row that was held begins so."""


class AnswerLine(models.Model):
    """One data row of a New State ID upload, its cells as in the file, and what became of it."""

    upload_id = models.BigIntegerField()
    row = models.BigIntegerField()
    sau_id = models.TextField(blank=True)
    school_student_id = models.TextField(blank=True)
    last_name = models.TextField(blank=True)
    first_name = models.TextField(blank=True)
    middle_name = models.TextField(blank=True)
    suffix = models.TextField(blank=True)
    date_of_birth = models.TextField(blank=True)
    gender = models.TextField(blank=True)
    result = models.TextField()
    request = models.ForeignKey(NumberRequest, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        indexes = [
            models.Index(fields=["request"], condition=Q(result__startswith=HELD), name="answer_lines_held"),
        ]
        constraints = [models.UniqueConstraint(fields=["upload_id", "row"], name="answer_line_once")]

    def __str__(self) -> str:
        return f"Answer line {self.pk}"
