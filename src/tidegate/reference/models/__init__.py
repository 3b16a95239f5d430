"""The nouns of the reference lists."""

from tidegate.reference.models.code import Code
from tidegate.reference.models.organization import Organization, OrganizationKind
from tidegate.reference.models.school_year import SchoolYear

__all__ = ["Code", "Organization", "OrganizationKind", "SchoolYear"]
