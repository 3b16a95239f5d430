"""Show Students: which of an organization's students a person works with, as the Change Focus box has it."""

from django.db.models import TextChoices


class ShowStudents(TextChoices):
    """The entries of Show Students. Active is who has an enrollment there that has not ended."""

    ALL = "all", "Show Active and Inactive"
    ACTIVE = "active", "Show Active"
    INACTIVE = "inactive", "Show Inactive"
