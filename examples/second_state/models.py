"""What the state stores in tables of its own."""

from django.db import models
from django.db.models import F, Q

from tidegate.records.models import CURRENT, Enrollment, StoredLine, Student
from tidegate.records.models.versioned import by_upload, end_needs_a_time
from tidegate.reference.models import Organization, SchoolYear


class BusRide(StoredLine):
    """A student rides a bus at a time of day, from the first day on. The four name the ride, with the school."""

    file_type = "bus-riders"
    rests_on = (Student, Enrollment)
    shown = ("school", "route_code", "time_of_day", "first_day", "last_day", "miles_per_day")

    student = models.ForeignKey(Student, on_delete=models.PROTECT, related_name="+", db_index=False)
    school_year = models.ForeignKey(SchoolYear, on_delete=models.PROTECT, related_name="+", db_index=False)
    office = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+", db_index=False)
    school = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+", db_index=False)
    route_code = models.CharField(max_length=3, verbose_name="route")
    time_of_day = models.CharField(max_length=2)
    first_day = models.DateField()
    last_day = models.DateField(null=True)
    miles_per_day = models.DecimalField(max_digits=4, decimal_places=1, null=True)

    class Meta:
        indexes = by_upload("bus_ride")
        constraints = [
            models.UniqueConstraint(
                fields=["student", "school_year", "school", "time_of_day", "first_day"],
                condition=CURRENT,
                name="bus_ride_current_once",
            ),
            models.CheckConstraint(
                condition=Q(last_day__isnull=True) | Q(last_day__gte=F("first_day")),
                name="bus_ride_last_day_not_before_first",
            ),
            end_needs_a_time("bus_ride_replaced_at"),
        ]

    def __str__(self) -> str:
        return f"Bus ride {self.pk}"
