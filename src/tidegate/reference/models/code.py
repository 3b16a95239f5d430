"""A code of a list that the state publishes."""

from typing import Self

from django.db import models
from django.db.models import Q

from tidegate.core.layouts.school_year import SchoolYear


class CodeQuerySet(models.QuerySet["Code"]):
    """Questions about codes."""

    def valid_in(self, school_year: SchoolYear) -> Self:
        """Return the codes that are valid in the school year."""
        has_begun = Q(first_year=None) | Q(first_year__lte=school_year.first)
        has_not_ended = Q(last_year=None) | Q(last_year__gte=school_year.first)
        return self.filter(has_begun & has_not_ended)


class Code(models.Model):
    """One code. `first_year` and `last_year` are the years that a school year begins in; null is open."""

    list_name = models.CharField(max_length=50)
    code = models.CharField(max_length=20)
    title = models.CharField(max_length=300, blank=True, default="")
    first_year = models.IntegerField(null=True)
    last_year = models.IntegerField(null=True)

    objects = CodeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["list_name", "code"], name="code_once_in_its_list"),
            models.CheckConstraint(
                condition=Q(last_year__gte=models.F("first_year")), name="code_does_not_end_before_it_begins"
            ),
        ]
        ordering = ("list_name", "code")

    def __str__(self) -> str:
        return self.code
