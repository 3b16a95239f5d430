"""The state whose database this is."""

from django.db import models


class InstalledState(models.Model):
    """One line, from the first `tidegate migrate` on: the name of the state that the database belongs to."""

    name = models.CharField(max_length=100)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_state_in_a_database")]

    def __str__(self) -> str:
        return self.name
