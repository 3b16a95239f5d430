"""The focus: the year, organization and Show Students choice that a person works in."""

from django.db import models

from tidegate.accounts.models.person import Person
from tidegate.reference.models import Organization, SchoolYear
from tidegate.reference.show_students import ShowStudents


class Focus(models.Model):
    """What a person works in. No organization is the whole state."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="focus")
    school_year = models.ForeignKey(SchoolYear, on_delete=models.PROTECT, related_name="+", db_index=False)
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    show_students = models.CharField(max_length=10, choices=ShowStudents, default=ShowStudents.ALL)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(show_students__in=ShowStudents.values), name="focus_show_students_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"Focus of person {self.person_id}"
