"""What was loaded on a day, and which rules were broken: counted by the clock, so that a year opens at once."""

from django.db import models

from tidegate.reference.models import SchoolYear


class UploadDay(models.Model):
    """The files of a type that were loaded on a day, with their rows. It says nothing about anybody."""

    day = models.DateField()
    school_year = models.ForeignKey(SchoolYear, on_delete=models.PROTECT, related_name="+", db_index=False)
    file_type = models.CharField(max_length=100)
    upload_count = models.IntegerField()
    loaded_count = models.BigIntegerField()
    left_count = models.BigIntegerField()  # rows that were not loaded

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["school_year", "day", "file_type"], name="upload_day_once"),
        ]

    def __str__(self) -> str:
        return f"Uploads of {self.day}"


class RuleDay(models.Model):
    """How often a rule was broken in the files that were loaded on a day."""

    day = models.DateField()
    school_year = models.ForeignKey(SchoolYear, on_delete=models.PROTECT, related_name="+", db_index=False)
    file_type = models.CharField(max_length=100)
    code = models.CharField(max_length=10)
    severity = models.CharField(max_length=10)
    upload_count = models.IntegerField()
    finding_count = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["school_year", "day", "file_type", "code", "severity"], name="rule_day_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} on {self.day}"
