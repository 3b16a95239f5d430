"""An organization: a district, a school or a technical school."""

from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Upper
from django.db.models.lookups import Exact

from tidegate.core.layouts.identifiers import are_ids_numbers, are_keys_numbers
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.layouts.state import MAX_ORGANIZATION_LENGTH
from tidegate.core.layouts.state_package import present_state
from tidegate.core.reference.organizations import CTE_SCHOOL, SAU, SCHOOL


class OrganizationKind(models.TextChoices):
    """What an organization is, as `organizations.csv` writes it."""

    SAU = SAU, "SAU"
    SCHOOL = SCHOOL, "School"
    CTE_SCHOOL = CTE_SCHOOL, "CTE School"

    @property
    def in_words(self) -> str:
        """What the state calls it, in files and on pages. The labels are the same in every state, since migrations have
        them."""
        words = {OrganizationKind.SAU: "kind_of_sau", OrganizationKind.CTE_SCHOOL: "kind_of_cte_school"}
        return present_state().word(words[self]) if self in words else str(self.value)


DISTRICT = OrganizationKind.SAU
"""The kind that schools belong to."""


class Organization(models.Model):
    """A district, or a school that belongs to one.

    `id` is the integer by which records name it, and `identifier` its ID as the state has it and people write it. Where
    the state's IDs are numbers (of at most 9 digits) both say the same. It was open up to `closed_on`, that day
    included, and what is on file of it stays.
    """

    id = models.IntegerField(primary_key=True)
    # A trigger fills it with the number where nothing is given, as the release before this column does.
    identifier = models.CharField(max_length=MAX_ORGANIZATION_LENGTH, db_default="")
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=OrganizationKind)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="schools", db_index=False
    )
    local_id = models.CharField(max_length=10, blank=True, default="")  # the ID that the local SIS uses
    closed_on = models.DateField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["parent"], name="organization_by_parent")]
        constraints = [
            models.UniqueConstraint(Upper("identifier"), name="organization_identifier_once"),
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
    def id_for_programs(self) -> int | str:
        """Its ID as programs are told it: a number where the state's IDs are numbers."""
        if are_keys_numbers():
            return self.pk
        return int(self.identifier) if are_ids_numbers() else self.identifier

    @property
    def ids_up_to_district(self) -> list[int]:
        """The key of the organization and, where it belongs to a district, then the district's."""
        return [each for each in (self.pk, self.parent_id) if each is not None]

    @property
    def id_of_district(self) -> int:
        """The key of the district that it belongs to, or its own where it belongs to none."""
        return self.parent_id or self.pk

    def is_open_in(self, school_year: SchoolYear) -> bool:
        """Whether it had not closed before the school year began."""
        return self.closed_on is None or self.closed_on >= school_year.first_day

    @property
    def is_sau(self) -> bool:
        """Whether it is a district."""
        return self.kind == OrganizationKind.SAU

    @property
    def is_cte_school(self) -> bool:
        """Whether it is a career and technical school."""
        return self.kind == OrganizationKind.CTE_SCHOOL


def open_in(school_year: SchoolYear) -> Q:
    """Return the condition that an organization had not closed before the school year began."""
    return Q(closed_on__isnull=True) | Q(closed_on__gte=school_year.first_day)


def identified_by(identifier: int | str) -> Q:
    """Return the condition that an organization has this ID, as people write it: case does not matter, nor zeros in
    front of a number."""
    text = str(identifier).strip()
    if are_ids_numbers():
        return Q(identifier=text.lstrip("0"))
    return Q(Exact(Upper("identifier"), Upper(Value(text))))
