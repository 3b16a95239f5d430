"""A school year that the state collects data for."""

from datetime import date

from django.db import models

from tidegate.core.layouts.school_year import SchoolYear as Period


class SchoolYear(models.Model):
    """July 1 of `first` to June 30 of the year after, named `2020-2021`.

    Once it is closed, its records are read-only until the state reopens it.
    """

    first = models.IntegerField(primary_key=True)
    name = models.CharField(max_length=9)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name"], name="school_year_name_once"),
        ]
        ordering = ("-first",)

    def __str__(self) -> str:
        return self.name

    @property
    def period(self) -> Period:
        """The school year as the core knows it."""
        return Period(self.first)

    @property
    def first_day(self) -> date:
        """July 1."""
        return self.period.first_day

    @property
    def last_day(self) -> date:
        """June 30."""
        return self.period.last_day
