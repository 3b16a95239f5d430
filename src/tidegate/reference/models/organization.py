"""An organization: a district, a school or a CTE school."""

from django.db import models

from tidegate.core.reference.organizations import CTE_SCHOOL, SAU, SCHOOL


class OrganizationKind(models.TextChoices):
    """What an organization is, as `organizations.csv` writes it."""

    SAU = SAU, "SAU"
    SCHOOL = SCHOOL, "School"
    CTE_SCHOOL = CTE_SCHOOL, "CTE School"


class Organization(models.Model):
    """A district, or a school that belongs to one. The ID is the organization ID, at most 4 digits [P]."""

    id = models.IntegerField(primary_key=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=OrganizationKind)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="schools", db_index=False
    )
    local_id = models.CharField(max_length=10, blank=True, default="")  # the ID that the local SIS uses

    class Meta:
        indexes = [models.Index(fields=["parent"], name="organization_by_parent")]
        constraints = [
            models.CheckConstraint(condition=models.Q(id__range=(1, 9999)), name="organization_id_has_4_digits"),
            models.CheckConstraint(
                condition=models.Q(kind__in=OrganizationKind.values), name="organization_kind_is_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(kind=OrganizationKind.SAU) | models.Q(parent__isnull=True),
                name="organization_sau_has_no_parent",
            ),
        ]
        ordering = ("name", "id")

    def __str__(self) -> str:
        return self.name

    @property
    def is_sau(self) -> bool:
        """Whether it is a district."""
        return self.kind == OrganizationKind.SAU

    @property
    def is_cte_school(self) -> bool:
        """Whether it is a CTE center or region."""
        return self.kind == OrganizationKind.CTE_SCHOOL
